//! HKDF with SHA-256 (RFC 5869), for outputs of one block, which is all that web push needs.
//!
//! Written on `ring::hmac` because `ring::hkdf` hides the pseudo-random keys that RFC 8291 prints as test values.

use ring::hmac;

/// `HKDF-Extract(salt, ikm)`.
#[must_use]
pub fn extract(salt: &[u8], ikm: &[u8]) -> [u8; 32] {
    block(&hmac::Key::new(hmac::HMAC_SHA256, salt), &[ikm])
}

/// The first `N` bytes of `HKDF-Expand(prk, info)`; `N` is at most 32.
#[must_use]
pub fn expand<const N: usize>(prk: &[u8; 32], info: &[u8]) -> [u8; N] {
    const { assert!(N <= 32, "one block of SHA-256 has 32 bytes") };
    let key = hmac::Key::new(hmac::HMAC_SHA256, prk);
    let full = block(&key, &[info, &[1]]);
    let mut out = [0; N];
    out.copy_from_slice(&full[..N]);
    out
}

fn block(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}
