//! The test-side decryptor against every decryption vector of RFC 8188 and RFC 8291: it judges what we encrypt, so it
//! must be right itself.

use crate::vectors::{bytes, cases, file, text};
use crate::{decrypt, vectors};

#[test]
fn rfc8188_bodies_decrypt() {
    let file = file("rfc8188_aes128gcm.json");
    for case in cases(&file, "decrypt_ok", 3) {
        let plaintext = decrypt::aes128gcm(&bytes(case, "ikm"), &bytes(case, "payload"));
        assert_eq!(plaintext.unwrap(), text(case, "plaintext").as_bytes(), "{}", case["desc"]);
    }
}

#[test]
fn rfc8188_faults_are_found() {
    let file = file("rfc8188_aes128gcm.json");
    for case in cases(&file, "decrypt_error", 8) {
        let result = decrypt::aes128gcm(&bytes(case, "ikm"), &bytes(case, "payload"));
        assert_eq!(result.unwrap_err(), text(case, "verified_error"), "{}", case["desc"]);
    }
}

#[test]
fn rfc8188_headers_say_what_the_examples_say() {
    let file = file("rfc8188_aes128gcm.json");
    for case in &cases(&file, "decrypt_ok", 3)[..2] {
        let body = bytes(case, "payload");
        let parts = decrypt::split(&body).unwrap();
        assert_eq!(parts.salt, bytes(case, "salt"));
        assert_eq!(parts.record_size as u64, case["rs"].as_u64().unwrap());
        assert_eq!(parts.key_id, text(case, "keyid").as_bytes());
    }
}

#[test]
fn rfc8291_pushes_decrypt() {
    let file = file("rfc8291_webpush_aes128gcm.json");
    for case in cases(&file, "webpush_decrypt_ok", 4) {
        let plaintext = decrypt_push(case);
        assert_eq!(plaintext.unwrap(), text(case, "plaintext").as_bytes(), "{}", case["desc"]);
    }
}

#[test]
fn rfc8291_faults_are_found() {
    let file = file("rfc8291_webpush_aes128gcm.json");
    for case in cases(&file, "webpush_decrypt_error", 4) {
        let result = decrypt_push(case);
        assert_eq!(result.unwrap_err(), text(case, "verified_error"), "{}", case["desc"]);
    }
}

fn decrypt_push(case: &serde_json::Value) -> Result<Vec<u8>, &'static str> {
    let bytes = |name| vectors::bytes(case, name);
    decrypt::webpush(&bytes("ua_private"), &bytes("auth"), &bytes("payload"))
}
