//! User tokens: which prove a user, and why all the others do not.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use ring::hmac;
use serde_json::{Value, json};
use softbell_server::b64;

use crate::fixture::{DEVICE, OTHER, Server, refusal, state};

/// The secret of the key `hs`.
pub const HS_SECRET: &str = "a secret of the shop's back end, long enough";
/// The private half of the key `es`.
const ES_PRIVATE: [u8; 32] = [7; 32];

fn es_key() -> SigningKey {
    SigningKey::from_slice(&ES_PRIVATE).unwrap()
}

fn es_point() -> String {
    b64::encode(es_key().verifying_key().to_encoded_point(false).as_bytes())
}

/// The usual sites, `shop` with one key of each kind.
pub fn settings() -> String {
    format!(
        r#"
        [lab]
        [sites.shop]
        origins = ["http://localhost:9000"]
        [[sites.shop.keys]]
        kid = "hs"
        alg = "HS256"
        secret = "{HS_SECRET}"
        [[sites.shop.keys]]
        kid = "es"
        alg = "ES256"
        public = "{}"
        [sites.quiet]
        origins = ["http://localhost:9001"]
        "#,
        es_point()
    )
}

fn part(value: &Value) -> String {
    b64::encode(value.to_string().as_bytes())
}

fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", b64::encode(tag.as_ref()))
}

fn es256(header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let signature: Signature = es_key().sign(signed.as_bytes());
    format!("{signed}.{}", b64::encode(&signature.to_bytes()))
}

/// Claims that hold for `user` on any device.
fn claims(server: &Server, user: &str) -> Value {
    let now = server.app.clock.seconds();
    json!({"aud": "shop", "sub": user, "exp": now + 600, "iat": now})
}

/// A good token.
pub fn token(server: &Server, user: &str) -> String {
    hs256(HS_SECRET.as_bytes(), &json!({"alg": "HS256", "kid": "hs"}), &claims(server, user))
}

/// A good token with these claims changed; `null` takes one out.
pub fn token_with(server: &Server, user: &str, changes: &Value) -> String {
    let mut claims = claims(server, user);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    hs256(HS_SECRET.as_bytes(), &json!({"alg": "HS256", "kid": "hs"}), &claims)
}

/// What a PUT that names `user` with this token is answered: status and code.
async fn put(server: &Server, user: &str, token: &str) -> (u16, String) {
    let mut state = state(1);
    state["user"] = user.into();
    state["token"] = token.into();
    let (status, code, _) = refusal(server.put(DEVICE, &state).await);
    (status, code)
}

async fn refused(server: &Server, token: &str, code: &str) {
    let shown = token.get(..60).unwrap_or(token);
    assert_eq!(put(server, "u1", token).await, (422, code.to_owned()), "{shown}");
    assert_eq!(server.number("SELECT COUNT(*) FROM devices").await, 0, "{shown}");
}

#[tokio::test]
async fn j3_keys_of_both_kinds_prove_a_user() {
    for (kid, user) in [("hs", "u1"), ("es", "🦀".repeat(32).as_str())] {
        let server = Server::with(&settings()).await;
        let header = json!({"alg": if kid == "hs" { "HS256" } else { "ES256" }, "kid": kid, "typ": "JWT"});
        let claims = claims(&server, user);
        let token = if kid == "hs" { hs256(HS_SECRET.as_bytes(), &header, &claims) } else { es256(&header, &claims) };
        assert_eq!(put(&server, user, &token).await, (200, String::new()), "{kid}");
        assert_eq!(server.value("SELECT user_id FROM devices").await.as_deref(), Some(user));
    }
}

#[tokio::test]
async fn a_public_key_may_be_written_as_pem() {
    use p256::pkcs8::EncodePublicKey as _;
    let pem = es_key().verifying_key().to_public_key_pem(p256::pkcs8::LineEnding::LF).unwrap();
    let server = Server::with(&settings().replace(&format!("\"{}\"", es_point()), &format!("'''{pem}'''"))).await;
    let token = es256(&json!({"alg": "ES256", "kid": "es"}), &claims(&server, "u1"));
    assert_eq!(put(&server, "u1", &token).await.0, 200);
}

#[tokio::test]
async fn j3_the_key_decides_the_algorithm_and_never_the_token() {
    let server = Server::with(&settings()).await;
    let claims = claims(&server, "u1");
    let unsigned = |header: &Value| format!("{}.{}.", part(header), part(&claims));
    for alg in ["none", "None", "", "HS384", "RS256", "ES256", "hs256"] {
        refused(&server, &unsigned(&json!({"alg": alg, "kid": "hs"})), "token_algorithm_wrong").await;
        let signed = hs256(HS_SECRET.as_bytes(), &json!({"alg": alg, "kid": "hs"}), &claims);
        refused(&server, &signed, "token_algorithm_wrong").await;
    }
    // The classic: the public key, which is public, as the secret of an HMAC.
    let point = b64::decode(&es_point()).unwrap();
    for secret in [point.as_slice(), es_point().as_bytes()] {
        let confused = hs256(secret, &json!({"alg": "HS256", "kid": "es"}), &claims);
        refused(&server, &confused, "token_algorithm_wrong").await;
        let confused = hs256(secret, &json!({"alg": "ES256", "kid": "es"}), &claims);
        refused(&server, &confused, "token_signature_wrong").await;
    }
    refused(&server, &unsigned(&json!({"alg": "HS256", "kid": "hs"})), "token_signature_wrong").await;
}

#[tokio::test]
async fn j3_a_key_must_be_named_and_known() {
    let server = Server::with(&settings()).await;
    let claims = claims(&server, "u1");
    for header in [
        json!({"alg": "HS256"}),
        json!({"alg": "HS256", "kid": ""}),
        json!({"alg": "HS256", "kid": "HS"}),
        json!({"alg": "HS256", "kid": "../../etc/passwd"}),
        json!({"alg": "none"}),
        // Keys that the token brings along are no keys (RFC 7515, section 4.1.2 and on).
        json!({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}),
    ] {
        refused(&server, &hs256(HS_SECRET.as_bytes(), &header, &claims), "token_key_unknown").await;
    }
    let keyless = Server::start().await;
    refused(&keyless, &token(&keyless, "u1"), "token_key_unknown").await;
}

#[tokio::test]
async fn j3_a_forged_token_is_refused_because_a_signature_must_be_the_keys_over_the_very_text() {
    let server = Server::with(&settings()).await;
    let good = token(&server, "u1");
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, body) = signed.split_once('.').unwrap();
    let other = part(&claims(&server, "u2"));
    let later = part(&json!({"aud": "shop", "sub": "u1", "exp": server.app.clock.seconds() + 601}));
    let cut = b64::encode(&b64::decode(signature).unwrap()[..31]);
    let foreign = hs256(&[0; 32], &json!({"alg": "HS256", "kid": "hs"}), &claims(&server, "u1"));
    for forged in [
        format!("{header}.{other}.{signature}"),
        format!("{header}.{later}.{signature}"),
        format!("{header}.{body}.{cut}"),
        format!("{header}.{body}."),
        foreign,
    ] {
        refused(&server, &forged, "token_signature_wrong").await;
    }
    let es = es256(&json!({"alg": "ES256", "kid": "es"}), &claims(&server, "u1"));
    let (es_signed, _) = es.rsplit_once('.').unwrap();
    // All zero: CVE-2022-21449.
    refused(&server, &format!("{es_signed}.{}", b64::encode(&[0; 64])), "token_signature_wrong").await;
    refused(&server, &format!("{es_signed}."), "token_signature_wrong").await;
}

#[tokio::test]
async fn j3_what_is_no_jwt_is_malformed() {
    let server = Server::with(&settings()).await;
    let good = token(&server, "u1");
    let header = part(&json!({"alg": "HS256", "kid": "hs"}));
    let long = token_with(&server, "u1", &json!({"x": "x".repeat(4096)}));
    let twice = b64::encode(br#"{"alg":"HS256","alg":"none","kid":"hs"}"#);
    let body = part(&claims(&server, "u1"));
    for broken in [
        "x",
        "a.b",
        "..",
        "a.b.c.d",
        &good.replace('.', ":"),
        &format!("{good}="),
        &format!(" {good}"),
        &good[1..],
        &format!("{good}.{good}"),
        &format!("{header}..AAAA"),
        &format!("{header}.{}.AAAA", part(&json!([1]))),
        &format!("{twice}.{body}.AAAA"),
        &hs256(HS_SECRET.as_bytes(), &json!({"alg": "HS256", "kid": "hs", "crit": ["exp"]}), &claims(&server, "u1")),
        &hs256(HS_SECRET.as_bytes(), &json!({"alg": "HS256", "kid": 7}), &claims(&server, "u1")),
        &long,
        &"x".repeat(60_000),
        &token_with(&server, "u1", &json!({"exp": null})),
        &token_with(&server, "u1", &json!({"exp": "soon"})),
        &token_with(&server, "u1", &json!({"nbf": []})),
    ] {
        refused(&server, broken, "token_malformed").await;
    }
    assert_eq!(put(&server, "u1", &"x".repeat(1_000_000)).await, (413, "body_too_large".to_owned()));
}

#[tokio::test]
async fn j3_an_expired_token_is_refused_with_a_minute_for_clocks() {
    let server = Server::with(&settings()).await;
    let now = server.app.clock.seconds();
    let with = |changes: Value| token_with(&server, "u1", &changes);
    for (changes, code) in [
        (json!({"exp": now - 61}), "token_expired"),
        (json!({"exp": 0}), "token_expired"),
        (json!({"exp": -1.5e300}), "token_expired"),
        (json!({"exp": now + 3720}), "token_too_long_lived"),
        (json!({"exp": 1e300}), "token_too_long_lived"),
        (json!({"exp": i64::MAX, "iat": i64::MAX}), "token_too_long_lived"),
        (json!({"exp": now + 1800, "iat": now - 1801}), "token_too_long_lived"),
        (json!({"iat": now + 90}), "token_not_yet_valid"),
        (json!({"nbf": now + 90}), "token_not_yet_valid"),
    ] {
        refused(&server, &with(changes), code).await;
    }
    for changes in [
        json!({"exp": now - 30, "iat": now - 600}),
        json!({"exp": now + 3600, "iat": null}),
        json!({"exp": format!("{}.5", now + 600).parse::<f64>().unwrap()}),
        json!({"iat": now + 30, "nbf": now + 30}),
    ] {
        assert_eq!(put(&server, "u1", &with(changes.clone())).await.0, 200, "{changes}");
    }
}

#[tokio::test]
async fn j3_a_wrong_audience_user_or_device_is_refused() {
    let server = Server::with(&settings()).await;
    let with = |changes: Value| token_with(&server, "u1", &changes);
    for (changes, code) in [
        (json!({"aud": "quiet"}), "token_audience_wrong"),
        (json!({"aud": null}), "token_audience_wrong"),
        (json!({"aud": ["quiet", 7]}), "token_audience_wrong"),
        (json!({"aud": "Shop"}), "token_audience_wrong"),
        (json!({"sub": "u2"}), "token_subject_wrong"),
        (json!({"sub": null}), "token_subject_wrong"),
        (json!({"sub": 1}), "token_subject_wrong"),
        (json!({"sub": "U1"}), "token_subject_wrong"),
        (json!({"did": OTHER}), "token_device_wrong"),
        (json!({"did": ""}), "token_device_wrong"),
        (json!({"did": [DEVICE]}), "token_device_wrong"),
    ] {
        refused(&server, &with(changes), code).await;
    }
    for changes in [json!({"aud": ["quiet", "shop"]}), json!({"did": DEVICE})] {
        assert_eq!(put(&server, "u1", &with(changes.clone())).await.0, 200, "{changes}");
    }
}

#[tokio::test]
async fn j3_a_token_is_neither_stored_nor_shown() {
    let server = Server::with(&settings()).await;
    let good = token(&server, "u1");
    let bad = token_with(&server, "u1", &json!({"aud": "quiet"}));
    for token in [&good, &bad] {
        let mut state = state(1);
        state["user"] = "u1".into();
        state["token"] = token.as_str().into();
        let (_, body) = server.put(DEVICE, &state).await;
        assert!(!body.to_string().contains(&token[20..60]), "{body}");
        let read = softbell_server::wire::device::DeviceState::read(state.to_string().as_bytes()).unwrap();
        assert!(!format!("{read:?}").contains(&token[20..60]));
    }
    let settings = softbell_server::settings::Settings::parse(&settings()).unwrap();
    assert!(!format!("{settings:?}").contains(HS_SECRET));
}
