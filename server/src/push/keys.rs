//! From a shared secret to the keys of one message (RFC 8291, section 3.4; RFC 8188, sections 2.2 and 2.3).

use super::hkdf;

/// Bytes of an uncompressed P-256 point.
pub const POINT: usize = 65;

/// The key and nonce that encrypt the only record of a message.
pub struct ContentKeys {
    /// AES-128 key.
    pub cek: [u8; 16],
    /// Nonce of record 0.
    pub nonce: [u8; 12],
}

/// `"WebPush: info" || 0x00 || ua_public || as_public`.
#[must_use]
pub fn key_info(ua_public: &[u8; POINT], as_public: &[u8; POINT]) -> Vec<u8> {
    [b"WebPush: info\0".as_slice(), ua_public, as_public].concat()
}

/// The input keying material: the shared secret bound to both public keys and the browser's auth secret.
#[must_use]
pub fn input_keying_material(
    ecdh_secret: &[u8],
    auth: &[u8; 16],
    ua_public: &[u8; POINT],
    as_public: &[u8; POINT],
) -> [u8; 32] {
    let prk_key = hkdf::extract(auth, ecdh_secret);
    hkdf::expand(&prk_key, &key_info(ua_public, as_public))
}

/// Content-encryption key and nonce of `aes128gcm` for this salt.
#[must_use]
pub fn content_keys(ikm: &[u8], salt: &[u8; 16]) -> ContentKeys {
    let prk = hkdf::extract(salt, ikm);
    ContentKeys {
        cek: hkdf::expand(&prk, b"Content-Encoding: aes128gcm\0"),
        nonce: hkdf::expand(&prk, b"Content-Encoding: nonce\0"),
    }
}
