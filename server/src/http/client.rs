//! Who is calling: the address of the browser, through proxies that are trusted to tell it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::settings::Network;
use crate::state::App;

/// The client's address; none for a call that came through no socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub Option<IpAddr>);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let lines = parts.headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or_default());
        let named: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        Ok(Self(peer.map(|peer| client(peer, &named, &app.trusted_proxies))))
    }
}

/// Walks from the peer towards the client, as long as those who speak are trusted. What stands further left was
/// written by the client itself, so it may say anything.
fn client(peer: IpAddr, named: &[&str], trusted: &[Network]) -> IpAddr {
    let mut address = peer;
    for name in named.iter().rev() {
        if !trusted.iter().any(|network| network.contains(address)) {
            break;
        }
        let Some(next) = parse(name.trim()) else { break };
        address = next;
    }
    address.to_canonical()
}

/// `192.0.2.1`, `2001:db8::1`, and with a port, as some proxies write it.
fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::client;
    use crate::settings::Network;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8", "2001:db8::7"].map(|text| Network::try_from(text.to_owned()).unwrap());
        let of = |peer: &str, named: &[&str]| client(peer.parse().unwrap(), named, &trusted).to_string();
        assert_eq!(of("192.0.2.1", &["198.51.100.9"]), "192.0.2.1", "a client that makes it up");
        assert_eq!(of("10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(of("10.0.0.1", &["1.1.1.1", " 198.51.100.9"]), "198.51.100.9", "what the client made up");
        assert_eq!(of("10.0.0.1", &["198.51.100.9", "10.9.9.9", "2001:db8::7"]), "198.51.100.9", "a chain");
        assert_eq!(of("::ffff:10.0.0.1", &["198.51.100.9:4711"]), "198.51.100.9");
        assert_eq!(of("2001:db8::7", &["[2001:db8::9]:80"]), "2001:db8::9");
        for unreadable in ["", "unknown", "_hidden", "198.51.100.9, x"] {
            assert_eq!(of("10.0.0.1", &["198.51.100.9", unreadable]), "10.0.0.1", "{unreadable}");
        }
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }
}
