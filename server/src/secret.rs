//! Secrets of devices: only their hash is kept, and comparing tells nothing.

use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use crate::b64;

/// SHA-256, base64url: what is stored in a secret's place.
#[must_use]
pub fn hash(secret: &str) -> String {
    b64::encode(digest(&SHA256, secret.as_bytes()).as_ref())
}

/// Compares without telling, by the time it takes, how much is equal.
#[must_use]
pub fn is_same(stored: &str, given: &str) -> bool {
    stored.as_bytes().ct_eq(given.as_bytes()).into()
}
