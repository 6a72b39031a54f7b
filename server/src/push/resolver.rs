//! Names to addresses, public ones only. The connection goes to the very addresses that were checked here, so a name
//! that changes its mind in between gains nothing.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// The system's resolver behind the check.
pub struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = only_public(found)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Drops every address that is not public.
///
/// # Errors
/// When none is left.
pub fn only_public(found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() {
        return Err(io::Error::other("the push service's name leads to no public address"));
    }
    Ok(public)
}
