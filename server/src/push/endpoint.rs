//! The address of one browser at its push service. A capability: whoever knows it whole may send to it, so it is
//! shown and logged only as its origin.

use core::fmt;

use url::{Host, Url};

use super::address::is_public;

/// Bytes of an endpoint. Real ones have at most about 700.
const MAX_BYTES: usize = 2048;
/// Names that never leave the house (RFC 6761, RFC 8375, and what routers hand out).
const HOUSE_NAMES: [&str; 6] = ["localhost", "local", "internal", "localdomain", "lan", "home.arpa"];

/// Why an endpoint is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointFault {
    /// It is no absolute URL, or too long.
    Unreadable,
    /// It is not https.
    NotHttps,
    /// It carries a user name, a password or a fragment.
    Extras,
    /// Its host is not a public name or address.
    NotPublic,
    /// Its host is not on the configured list.
    NotListed,
}

/// A checked endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Parses with the same parser that connects, and checks. `hosts` is the allow-list: exact names, or suffixes
    /// that start with a dot; empty allows every public host.
    ///
    /// # Errors
    /// The first [`EndpointFault`] found.
    pub fn parse(text: &str, hosts: &[String]) -> Result<Self, EndpointFault> {
        if text.len() > MAX_BYTES {
            return Err(EndpointFault::Unreadable);
        }
        let url = Url::parse(text).map_err(|_| EndpointFault::Unreadable)?;
        if url.scheme() != "https" {
            return Err(EndpointFault::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(EndpointFault::Extras);
        }
        if !url.host().is_some_and(|host| is_public_host(&host)) {
            return Err(EndpointFault::NotPublic);
        }
        if !hosts.is_empty() && !is_listed(&url, hosts) {
            return Err(EndpointFault::NotListed);
        }
        Ok(Self(url))
    }

    /// The push service's origin, with its port when that is not 443.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The whole URL, for sending only.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether Safari is behind it: a subdomain of `push.apple.com`.
    #[must_use]
    pub fn is_apple(&self) -> bool {
        self.0.host_str().is_some_and(|host| host.ends_with(".push.apple.com"))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}/…)", self.origin())
    }
}

fn is_public_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_public_name(name.trim_end_matches('.')),
        Host::Ipv4(address) => is_public((*address).into()),
        Host::Ipv6(address) => is_public((*address).into()),
    }
}

/// A name with at least two labels that is not one of the house names. What it resolves to is checked again when
/// connecting (`resolver.rs`).
fn is_public_name(name: &str) -> bool {
    let at_home = HOUSE_NAMES
        .iter()
        .any(|house| name.strip_suffix(house).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    name.contains('.') && !at_home
}

fn is_listed(url: &Url, hosts: &[String]) -> bool {
    let Some(host) = url.host_str() else { return false };
    let named = |entry: &String| host == entry || (entry.starts_with('.') && host.ends_with(entry.as_str()));
    url.port().is_none() && hosts.iter().any(named)
}
