//! Secrets of devices: only their hash is kept, and comparing tells nothing. And ids that nobody guesses.

use std::io;

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
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

/// 128 random bits, base64url.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_id() -> io::Result<String> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(b64::encode(&bytes))
}
