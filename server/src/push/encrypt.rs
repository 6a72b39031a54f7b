//! Encrypts one push message: RFC 8291 with `aes128gcm` (RFC 8188) in a single record.
//!
//! Body: `salt(16) || record size(4, big endian) || 65 || our public key(65) || ciphertext || tag(16)`.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::{SecureRandom, SystemRandom};
use softbell::contract::limits::PAYLOAD_BYTES;

use super::keys::{POINT, content_keys, input_keying_material};
use crate::b64;

/// The record size we announce. One record always suffices: push services cap bodies at this size.
const RECORD_SIZE: u32 = 4096;
/// The delimiter of the last record (RFC 8188, section 2).
const LAST_RECORD: u8 = 2;

/// Why a message cannot be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptError {
    /// The plaintext is longer than [`PAYLOAD_BYTES`].
    TooLong,
    /// `p256dh` is no point of P-256, or `auth` is not 16 bytes.
    KeyInvalid,
    /// The system gave no random bytes.
    NoRandom,
}

/// Whom a message is for: the two values a browser's subscription carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    public: [u8; POINT],
    auth: [u8; 16],
}

impl Recipient {
    /// Reads `p256dh` and `auth` as the browser gives them (base64url).
    ///
    /// # Errors
    /// [`EncryptError::KeyInvalid`] when a length or the point's format is wrong.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, EncryptError> {
        let public: [u8; POINT] = b64::decode_array(p256dh).ok_or(EncryptError::KeyInvalid)?;
        let auth = b64::decode_array(auth).ok_or(EncryptError::KeyInvalid)?;
        if public[0] != 4 {
            return Err(EncryptError::KeyInvalid);
        }
        Ok(Self { public, auth })
    }

    /// Encrypts `plaintext` with a fresh key pair and salt; the answer is the body of the request.
    ///
    /// # Errors
    /// Every [`EncryptError`]; a point off the curve shows only here.
    pub fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, EncryptError> {
        let random = SystemRandom::new();
        let mut salt = [0; 16];
        random.fill(&mut salt).map_err(|_| EncryptError::NoRandom)?;
        let ours = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| EncryptError::NoRandom)?;
        let public = ours.compute_public_key().map_err(|_| EncryptError::NoRandom)?;
        let public: [u8; POINT] = public.as_ref().try_into().map_err(|_| EncryptError::NoRandom)?;
        let theirs = UnparsedPublicKey::new(&ECDH_P256, &self.public);
        agree_ephemeral(ours, &theirs, |secret| self.seal(secret, &public, &salt, plaintext))
            .map_err(|_| EncryptError::KeyInvalid)?
    }

    /// Everything after the key agreement: the same inputs give the same body. Private, because a salt and key
    /// used twice reveal both messages.
    fn seal(
        &self,
        ecdh_secret: &[u8],
        as_public: &[u8; POINT],
        salt: &[u8; 16],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, EncryptError> {
        if plaintext.len() > PAYLOAD_BYTES {
            return Err(EncryptError::TooLong);
        }
        let ikm = input_keying_material(ecdh_secret, &self.auth, &self.public, as_public);
        let keys = content_keys(&ikm, salt);
        let key = UnboundKey::new(&AES_128_GCM, &keys.cek).map_err(|_| EncryptError::KeyInvalid)?;
        let mut record = Vec::with_capacity(plaintext.len() + 1 + AES_128_GCM.tag_len());
        record.extend_from_slice(plaintext);
        record.push(LAST_RECORD);
        LessSafeKey::new(key)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(keys.nonce), Aad::empty(), &mut record)
            .map_err(|_| EncryptError::TooLong)?;
        let mut body = header(salt, as_public);
        body.append(&mut record);
        Ok(body)
    }
}

/// The header of the coding: salt, record size, and our public key as the key id (RFC 8188, section 2.1).
fn header(salt: &[u8; 16], as_public: &[u8; POINT]) -> Vec<u8> {
    let mut header = Vec::with_capacity(4096);
    header.extend_from_slice(salt);
    header.extend_from_slice(&RECORD_SIZE.to_be_bytes());
    header.push(65);
    header.extend_from_slice(as_public);
    header
}

#[cfg(test)]
#[path = "encrypt_tests.rs"]
mod tests;
