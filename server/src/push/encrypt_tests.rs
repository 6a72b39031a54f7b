//! Encryption against RFC 8291 and ecec, with the salt and the key pair fixed: `seal` is private, so only this file
//! can do that. ring does not take an ephemeral key, so the shared secret comes from `p256`.

use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};
use serde_json::Value;

use super::{EncryptError, Recipient};
use crate::b64;
use crate::push::{hkdf, keys};
use crate::vectors::{bytes, cases, text};
use crate::{decrypt, vectors};

/// A member as exactly so many bytes.
fn array<const N: usize>(case: &Value, name: &str) -> [u8; N] {
    bytes(case, name).try_into().unwrap()
}

fn rfc8291() -> Value {
    vectors::file("rfc8291_webpush_aes128gcm.json")
}

/// The secret that both sides compute, and the sender's public key.
fn agree(as_private: &[u8], ua_public: &[u8]) -> (Vec<u8>, [u8; 65]) {
    let ours = SecretKey::from_slice(as_private).unwrap();
    let theirs = PublicKey::from_sec1_bytes(ua_public).unwrap();
    let secret = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
    let public = ours.public_key().to_encoded_point(false).as_bytes().try_into().unwrap();
    (secret.raw_secret_bytes().to_vec(), public)
}

/// What style guides call `encrypt_predictably`.
fn encrypt_predictably(case: &Value) -> Vec<u8> {
    let (secret, public) = agree(&bytes(case, "as_private"), &bytes(case, "ua_public"));
    let recipient = Recipient::parse(text(case, "ua_public"), text(case, "auth")).unwrap();
    let salt = array(case, "salt");
    recipient.seal(&secret, &public, &salt, text(case, "plaintext").as_bytes()).unwrap()
}

#[test]
fn every_intermediate_of_the_rfc_example_comes_out() {
    let file = rfc8291();
    let example = &file["rfc8291_example"];
    let expected = &example["intermediate"];
    let (secret, as_public) = agree(&bytes(example, "as_private"), &bytes(example, "ua_public"));
    assert_eq!(b64::encode(&as_public), text(example, "as_public"));
    assert_eq!(b64::encode(&secret), text(expected, "ecdh_secret"));
    let (auth, ua_public): ([u8; 16], _) = (array(example, "auth"), array(example, "ua_public"));
    let prk_key = hkdf::extract(&auth, &secret);
    assert_eq!(b64::encode(&prk_key), text(expected, "prk_key"));
    assert_eq!(b64::encode(&keys::key_info(&ua_public, &as_public)), text(expected, "key_info"));
    let ikm = keys::input_keying_material(&secret, &auth, &ua_public, &as_public);
    assert_eq!(b64::encode(&ikm), text(expected, "ikm"));
    let salt = array(example, "salt");
    assert_eq!(b64::encode(&hkdf::extract(&salt, &ikm)), text(expected, "prk"));
    let content = keys::content_keys(&ikm, &salt);
    assert_eq!(b64::encode(&content.cek), text(expected, "cek"));
    assert_eq!(b64::encode(&content.nonce), text(expected, "nonce"));
    assert_eq!(b64::encode(&super::header(&salt, &as_public)), text(expected, "header"));
}

#[test]
fn the_rfc_example_comes_out_byte_for_byte() {
    let file = rfc8291();
    let example = &file["rfc8291_example"];
    let body = encrypt_predictably(example);
    assert_eq!(b64::encode(&body), text(example, "body"));
    assert_eq!(body.len().to_string(), example["http"]["headers"]["Content-Length"]);
}

#[test]
fn rfc8188_example_keys_come_out() {
    let file = vectors::file("rfc8188_aes128gcm.json");
    let case = &cases(&file, "decrypt_ok", 3)[0];
    let (ikm, salt) = (bytes(case, "ikm"), array(case, "salt"));
    let content = keys::content_keys(&ikm, &salt);
    assert_eq!(b64::encode(&hkdf::extract(&salt, &ikm)), text(case, "prk"));
    assert_eq!(b64::encode(&content.cek), text(case, "cek"));
    assert_eq!(b64::encode(&content.nonce), text(case, "nonce"));
}

/// Where the vector has one unpadded record the bytes must agree; with other records and paddings the keys must, so
/// our derivation opens the vector's body, and our own body opens to the same text.
#[test]
fn ecec_encryptions_agree() {
    let file = rfc8291();
    for case in cases(&file, "webpush_encrypt_ok", 3) {
        let (secret, as_public) = agree(&bytes(case, "as_private"), &bytes(case, "ua_public"));
        let (auth, ua_public) = (array(case, "auth"), array(case, "ua_public"));
        let ikm = keys::input_keying_material(&secret, &auth, &ua_public, &as_public);
        let (theirs, ours) = (bytes(case, "payload"), encrypt_predictably(case));
        let plaintext = text(case, "plaintext").as_bytes();
        assert_eq!(decrypt::aes128gcm(&ikm, &theirs).unwrap(), plaintext, "{}", case["desc"]);
        assert_eq!(decrypt::aes128gcm(&ikm, &ours).unwrap(), plaintext, "{}", case["desc"]);
        assert_eq!(case["pad"] == 0, ours == theirs, "{}", case["desc"]);
    }
}

/// A browser, with both its keys.
fn browser() -> (Vec<u8>, Vec<u8>, Recipient) {
    let file = rfc8291();
    let example = &file["rfc8291_example"];
    let recipient = Recipient::parse(text(example, "ua_public"), text(example, "auth")).unwrap();
    (bytes(example, "ua_private"), bytes(example, "auth"), recipient)
}

#[test]
fn what_we_encrypt_decrypts_at_every_length() {
    let (private, auth, recipient) = browser();
    for length in [0, 1, 15, 16, 17, 300, 3992, 3993] {
        let plaintext = vec![b'x'; length];
        let body = recipient.encrypt(&plaintext).unwrap();
        assert_eq!(decrypt::webpush(&private, &auth, &body).unwrap(), plaintext);
        assert_eq!(decrypt::split(&body).unwrap().record_size, 4096);
    }
}

#[test]
fn the_longest_message_fills_4096_bytes_and_no_longer_one_goes() {
    let (_, _, recipient) = browser();
    let limit = rfc8291()["limits"]["max_plaintext_for_4096_body"].as_u64().unwrap();
    let limit = usize::try_from(limit).unwrap();
    assert_eq!(recipient.encrypt(&vec![0; limit]).unwrap().len(), 4096);
    assert_eq!(recipient.encrypt(&vec![0; limit + 1]), Err(EncryptError::TooLong));
}

#[test]
fn two_bodies_share_neither_salt_nor_key() {
    let (_, _, recipient) = browser();
    let (one, two) = (recipient.encrypt(b"same").unwrap(), recipient.encrypt(b"same").unwrap());
    assert_ne!(one[..16], two[..16]);
    assert_ne!(one[21..86], two[21..86]);
}

#[test]
fn bad_keys_are_refused() {
    let (good_auth, good_key) = ("BTBZMqHH6r4Tts7J_aSIgg", text_of_key());
    for (key, auth) in [("", good_auth), ("AAAA", good_auth), (&good_key, ""), (&good_key, "BTBZMqHH")] {
        assert_eq!(Recipient::parse(key, auth), Err(EncryptError::KeyInvalid), "{key} {auth}");
    }
    // The right length and format, but not on the curve.
    let mut off_curve = b64::decode(&good_key).unwrap();
    off_curve[64] ^= 1;
    let recipient = Recipient::parse(&b64::encode(&off_curve), good_auth).unwrap();
    assert_eq!(recipient.encrypt(b""), Err(EncryptError::KeyInvalid));
}

fn text_of_key() -> String {
    text(&rfc8291()["rfc8291_example"], "ua_public").to_owned()
}
