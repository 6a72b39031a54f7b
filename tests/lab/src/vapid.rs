//! Judges the sender's VAPID proof (RFC 8292): the key, the signature, the audience, the expiry.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;

use crate::{record::Service, refusal::Refusal};

/// A token may live for one day.
const MAX_LIFETIME: i64 = 24 * 60 * 60;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    exp: i64,
    sub: String,
}

/// What a proof is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Court<'a> {
    /// The service in whose words to refuse.
    pub service: Service,
    /// The origins that the endpoint may have.
    pub origins: &'a [&'a str],
    /// The key the subscription was made with.
    pub key: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

impl Court<'_> {
    /// Checks an `Authorization` header.
    ///
    /// # Errors
    /// What is wrong with it: 401 at Mozilla's; at Google's 401 if there is no proof, 403 if it is wrong.
    pub fn judge(&self, authorization: Option<&str>) -> Result<(), Refusal> {
        let missing = Refusal::new(401, 109, "there is no Authorization header of the form `vapid t=…, k=…`");
        let (token, key) = authorization.and_then(split).ok_or(missing)?;
        self.check(token, key).map_err(|message| match self.service {
            Service::Google => Refusal::new(403, 109, message),
            Service::Mozilla => Refusal::new(401, 109, message),
        })
    }

    fn check(&self, token: &str, key: &str) -> Result<(), &'static str> {
        if key != self.key {
            return Err("the VAPID key is not the one that the subscription was made with");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or("the VAPID token is no JWT")?;
        let (header, claims) = signed.split_once('.').ok_or("the VAPID token is no JWT")?;
        let header: Header = json(header).ok_or("the VAPID token's header cannot be read")?;
        if header.alg != "ES256" {
            return Err("the VAPID token's algorithm is not ES256");
        }
        let key = URL_SAFE_NO_PAD.decode(key).map_err(|_| "the VAPID key is no base64url")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the VAPID signature is no base64url")?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| "the VAPID signature does not fit the key")?;
        self.claims(&json(claims).ok_or("the VAPID token lacks one of aud, exp, sub, or cannot be read")?)
    }

    fn claims(&self, claims: &Claims) -> Result<(), &'static str> {
        if !self.origins.contains(&claims.aud.as_str()) {
            return Err("the VAPID token's aud is not the endpoint's origin");
        }
        if claims.exp <= self.now {
            return Err("the VAPID token's exp has passed");
        }
        if claims.exp > self.now + MAX_LIFETIME {
            return Err("the VAPID token's exp is more than 24 hours ahead");
        }
        let contact = claims.sub.strip_prefix("mailto:").or_else(|| claims.sub.strip_prefix("https://"));
        if contact.is_none_or(|rest| rest.is_empty() || rest.contains([' ', '<', '>'])) {
            return Err("the VAPID token's sub is neither a mailto: nor an https: address");
        }
        Ok(())
    }
}

/// Takes `vapid t=TOKEN, k=KEY` apart; the order is free.
fn split(authorization: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let parameter = |name: &str| {
        let mut parts = rest.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    };
    scheme.eq_ignore_ascii_case("vapid").then_some(())?;
    Some((parameter("t")?, parameter("k")?))
}

fn json<T: for<'a> Deserialize<'a>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const ORIGIN: &str = "https://updates.push.services.mozilla.com";

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key");
            Self(EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).expect("a key pair"))
        }

        fn key(&self) -> String {
            URL_SAFE_NO_PAD.encode(self.0.public_key())
        }

        fn token(&self, alg: &str, claims: &Value) -> String {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", part(&json!({"typ": "JWT", "alg": alg})), part(claims));
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn claims(aud: &str, exp: i64, sub: &str) -> Value {
        json!({"aud": aud, "exp": exp, "sub": sub})
    }

    #[test]
    fn only_a_right_proof_passes() {
        let (signer, other) = (Signer::new(), Signer::new());
        let key = signer.key();
        let court = |service| Court { service, origins: &[ORIGIN], key: &key, now: NOW };
        let status = |token: &str, key: &str| {
            let authorization = format!("vapid t={token}, k={key}");
            let refusal = |service| court(service).judge(Some(&authorization)).err().map(|refusal| refusal.status);
            (refusal(Service::Mozilla), refusal(Service::Google))
        };
        let good = claims(ORIGIN, NOW + MAX_LIFETIME, "mailto:a@example.com");
        assert_eq!(status(&signer.token("ES256", &good), &key), (None, None));
        assert_eq!(status(&signer.token("HS256", &good), &key), (Some(401), Some(403)));
        assert_eq!(status(&other.token("ES256", &good), &key), (Some(401), Some(403)));
        assert_eq!(status(&other.token("ES256", &good), &other.key()), (Some(401), Some(403)));
        for bad in [
            claims("https://updates.push.services.mozilla.com/", NOW + 60, "mailto:a@example.com"),
            claims("http://127.0.0.1", NOW + 60, "mailto:a@example.com"),
            claims(ORIGIN, NOW, "mailto:a@example.com"),
            claims(ORIGIN, NOW + MAX_LIFETIME + 1, "mailto:a@example.com"),
            claims(ORIGIN, NOW + 60, "mailto:<a@example.com>"),
            claims(ORIGIN, NOW + 60, "a@example.com"),
            json!({"aud": [ORIGIN], "exp": NOW + 60, "sub": "mailto:a@example.com"}),
        ] {
            assert_eq!(status(&signer.token("ES256", &bad), &key), (Some(401), Some(403)), "{bad}");
        }
        for none in [None, Some("WebPush abc"), Some("vapid t=abc")] {
            assert_eq!(court(Service::Google).judge(none).map_err(|refusal| refusal.status), Err(401));
        }
    }
}
