//! Signing against RFC 8292 and `py_vapid`. The verifier is `p256`, and is itself run against the vectors first.

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::Value;

use super::{Claims, VapidError, VapidKey, check_subject, generate};
use crate::b64;
use crate::push::signer::Signer;
use crate::vectors::{self, cases, text};

/// The claims, if the signature is the key's.
fn verify(token: &str, key: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (_, payload) = signed.split_once('.')?;
    let key = VerifyingKey::from_sec1_bytes(&b64::decode(key)?).ok()?;
    let signature = Signature::from_slice(&b64::decode(signature)?).ok()?;
    key.verify(signed.as_bytes(), &signature).ok()?;
    serde_json::from_slice(&b64::decode(payload)?).ok()
}

/// Token and key of a header.
fn parts(header: &str) -> (&str, &str) {
    let rest = header.strip_prefix("vapid t=").unwrap();
    rest.split_once(", k=").unwrap()
}

fn file() -> Value {
    vectors::file("rfc8292_vapid.json")
}

fn test_key() -> VapidKey {
    let pair = &file()["test_keypair"];
    VapidKey::from_raw(text(pair, "private_raw"), text(pair, "public_raw")).unwrap()
}

#[test]
fn the_verifier_judges_all_published_signatures_right() {
    for case in cases(&file(), "signatures", 9) {
        let claims = verify(text(case, "t"), text(case, "k"));
        assert_eq!(claims.is_some(), case["signature_valid"] == true, "{}", case["name"]);
        if case["claims"].is_object() {
            assert_eq!(claims.unwrap(), case["claims"]);
        }
    }
}

#[test]
fn what_we_sign_verifies() {
    let claims = Claims::new("https://push.example.net", "mailto:push@example.com", 1_453_523_768).unwrap();
    let header = test_key().authorization(&claims).unwrap();
    let (token, key) = parts(&header);
    assert_eq!(key, text(&file()["test_keypair"], "public_raw"));
    // The claims of the RFC's own example.
    assert_eq!(verify(token, key).unwrap(), file()["signatures"][0]["claims"]);
    let head: Value = serde_json::from_slice(&b64::decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(head, serde_json::json!({"typ": "JWT", "alg": "ES256"}));
}

#[test]
fn the_published_key_pair_is_the_same_in_both_its_forms() {
    let pair = &file()["test_keypair"];
    let der = b64_standard(text(pair, "private_der_base64"));
    let key = p256::SecretKey::from_sec1_der(&der).unwrap();
    assert_eq!(b64::encode(&key.to_bytes()), text(pair, "private_raw"));
    assert_eq!(test_key().public(), text(pair, "public_raw"));
}

fn b64_standard(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[test]
fn subjects_are_judged_like_py_vapid_judges_them() {
    let subjects = &file()["subject_claim"];
    for (section, count, fits) in [("valid", 11, true), ("invalid", 6, false)] {
        for subject in cases(subjects, section, count) {
            assert_eq!(check_subject(subject.as_str().unwrap()).is_ok(), fits, "{subject}");
        }
    }
    // Apple answers these with 403 BadJwtToken.
    for subject in ["mailto: me@example.org", "mailto:<me@example.org>", "me@example.org", ""] {
        assert_eq!(check_subject(subject), Err(VapidError::SubjectInvalid), "{subject}");
    }
    assert_eq!(check_subject("https://example.org/contact"), Ok(()));
}

#[test]
fn claims_are_judged_like_py_vapid_judges_them() {
    for case in cases(&file(), "sign_inputs", 6) {
        let claim = |name: &str| case["claims"][name].as_str().unwrap_or_default();
        let claims = Claims::new(claim("aud"), claim("sub"), 0);
        assert_eq!(claims.is_ok(), case["ok"] == true, "{case}");
    }
}

#[test]
fn halves_of_different_pairs_are_refused() {
    let (private, _) = generate().unwrap();
    let (_, public) = generate().unwrap();
    assert_eq!(VapidKey::from_raw(&private, &public).err(), Some(VapidError::KeyInvalid));
}

#[test]
fn new_keys_differ_and_sign() {
    let ((one, public), (two, _)) = (generate().unwrap(), generate().unwrap());
    assert_ne!(one, two);
    let claims = Claims::new("https://push.example.net", "mailto:a@example.com", 1).unwrap();
    let header = VapidKey::from_raw(&one, &public).unwrap().authorization(&claims).unwrap();
    assert!(verify(parts(&header).0, &public).is_some());
}

/// The traps that other libraries fell into.
#[test]
fn tokens_carry_the_port_last_half_a_day_and_are_kept_per_origin() {
    assert_eq!(file()["traps"].as_array().unwrap().len(), 3);
    let signer = Signer::new(test_key(), "mailto:a@example.com".to_owned());
    let claims = |header: &str| verify(parts(header).0, parts(header).1).unwrap();
    let now = 1_800_000_000;
    let first = signer.authorization("http://127.0.0.1:8090", now).unwrap();
    assert_eq!(claims(&first)["aud"], "http://127.0.0.1:8090");
    assert_eq!(claims(&first)["exp"], now + 12 * 3600);
    assert_eq!(claims(&first)["sub"], "mailto:a@example.com");
    // ECDSA signatures differ each time, so an equal header was kept.
    assert_eq!(signer.authorization("http://127.0.0.1:8090", now + 10 * 3600).unwrap(), first);
    let renewed = signer.authorization("http://127.0.0.1:8090", now + 11 * 3600).unwrap();
    assert_eq!(claims(&renewed)["exp"], now + 23 * 3600);
    // A clock set back must not leave a token that ends more than a day ahead.
    let back = signer.authorization("http://127.0.0.1:8090", now - 20 * 3600).unwrap();
    assert_eq!(claims(&back)["exp"], now - 8 * 3600);
    let other = signer.authorization("http://127.0.0.1:8091", now).unwrap();
    assert_eq!(claims(&other)["aud"], "http://127.0.0.1:8091");
}
