//! The browser's side of RFC 8291 and RFC 8188, for tests only, on other crates than the server uses. Errors carry
//! the names of ecec, whose vectors are run.

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes128Gcm, KeyInit as _, Nonce};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;

const TAG: usize = 16;
const FIXED_HEADER: usize = 21;
const MIN_RECORD: usize = 18;

/// A body taken apart.
pub struct Parts<'a> {
    pub salt: &'a [u8],
    pub record_size: usize,
    pub key_id: &'a [u8],
    pub records: &'a [u8],
}

/// Reads the header of a body.
pub fn split(body: &[u8]) -> Result<Parts<'_>, &'static str> {
    if body.len() < FIXED_HEADER {
        return Err("SHORT_HEADER");
    }
    let (header, rest) = body.split_at(FIXED_HEADER);
    let record_size = u32::from_be_bytes(header[16..20].try_into().unwrap()) as usize;
    let (key_id, records) = rest.split_at_checked(usize::from(header[20])).ok_or("SHORT_HEADER")?;
    if record_size < MIN_RECORD {
        return Err("INVALID_RS");
    }
    Ok(Parts { salt: &header[..16], record_size, key_id, records })
}

/// Decrypts a body with the keying material that both sides share (RFC 8188).
pub fn aes128gcm(ikm: &[u8], body: &[u8]) -> Result<Vec<u8>, &'static str> {
    let parts = split(body)?;
    let hkdf = Hkdf::<Sha256>::new(Some(parts.salt), ikm);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    hkdf.expand(b"Content-Encoding: aes128gcm\0", &mut key).unwrap();
    hkdf.expand(b"Content-Encoding: nonce\0", &mut nonce).unwrap();
    let cipher = Aes128Gcm::new(&key.into());
    let count = parts.records.len().div_ceil(parts.record_size);
    let mut plaintext = Vec::new();
    for (number, record) in parts.records.chunks(parts.record_size).enumerate() {
        if record.len() <= TAG {
            return Err("SHORT_BLOCK");
        }
        let nonce = nonce_of(nonce, number as u64);
        let padded = cipher.decrypt(&Nonce::from(nonce), record).map_err(|_| "DECRYPT")?;
        plaintext.extend(unpad(&padded, number + 1 == count)?);
    }
    Ok(plaintext)
}

/// Decrypts a push with the browser's private key and auth secret (RFC 8291).
pub fn webpush(ua_private: &[u8], auth: &[u8], body: &[u8]) -> Result<Vec<u8>, &'static str> {
    let parts = split(body)?;
    let ours = SecretKey::from_slice(ua_private).unwrap();
    let theirs = PublicKey::from_sec1_bytes(parts.key_id).map_err(|_| "COMPUTE_SECRET")?;
    let secret = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
    let mut info = b"WebPush: info\0".to_vec();
    info.extend(ours.public_key().to_encoded_point(false).as_bytes());
    info.extend(parts.key_id);
    let mut ikm = [0; 32];
    let hkdf = Hkdf::<Sha256>::new(Some(auth), secret.raw_secret_bytes());
    hkdf.expand(&info, &mut ikm).unwrap();
    aes128gcm(&ikm, body)
}

/// The nonce of a record: the first one xor its number.
fn nonce_of(mut nonce: [u8; 12], number: u64) -> [u8; 12] {
    for (byte, mask) in nonce[4..].iter_mut().zip(number.to_be_bytes()) {
        *byte ^= mask;
    }
    nonce
}

fn unpad(padded: &[u8], is_last: bool) -> Result<&[u8], &'static str> {
    let end = padded.iter().rposition(|byte| *byte != 0).ok_or("ZERO_PLAINTEXT")?;
    let delimiter = if is_last { 2 } else { 1 };
    if padded[end] == delimiter { Ok(&padded[..end]) } else { Err("DECRYPT_PADDING") }
}
