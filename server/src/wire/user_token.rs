//! User tokens: a site's back end says, for a short time, who uses a device (JWT, RFC 7519, signed as RFC 7515 says).
//!
//! The key decides the algorithm, never the token (RFC 8725, section 3.1): a token only names a key (`kid`), and the
//! one algorithm of that key is tried. So `none` does not exist here, and a public key is never taken for a secret.

use core::fmt;

use ring::agreement::{self, ECDH_P256, EphemeralPrivateKey};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};
use softbell::contract::limits::TOKEN_BYTES;

use super::json;
use crate::b64;
use crate::settings::{KeyAlg, UserKey};

/// The longest life ahead, in seconds.
const LIFETIME: i64 = 3600;
/// How far clocks may be apart, in seconds.
const SKEW: i64 = 60;
/// Bytes of an HS256 secret: no shorter than the hash (RFC 7518, section 3.2).
const SECRET_BYTES: usize = 32;
/// An uncompressed P-256 point.
const POINT_BYTES: usize = 65;
/// What stands before the point in a `PUBLIC KEY` of P-256 (RFC 5480).
const SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// A user is named that the device does not have yet, without a token.
    Missing,
    /// It is no JWT, too long, or asks for what is not understood here (`crit`).
    Malformed,
    /// `exp` has passed.
    Expired,
    /// `exp` is more than an hour ahead, or after `iat`.
    TooLongLived,
    /// `nbf` or `iat` is yet to come.
    NotYetValid,
    /// `aud` is not the site.
    AudienceWrong,
    /// `sub` is not the user.
    SubjectWrong,
    /// `did` is another device.
    DeviceWrong,
    /// `kid` is missing or names no key of the site.
    KeyUnknown,
    /// `alg` is not the key's.
    AlgorithmWrong,
    /// The signature is not the key's.
    SignatureWrong,
}

impl TokenFault {
    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "token_missing",
            Self::Malformed => "token_malformed",
            Self::Expired => "token_expired",
            Self::TooLongLived => "token_too_long_lived",
            Self::NotYetValid => "token_not_yet_valid",
            Self::AudienceWrong => "token_audience_wrong",
            Self::SubjectWrong => "token_subject_wrong",
            Self::DeviceWrong => "token_device_wrong",
            Self::KeyUnknown => "token_key_unknown",
            Self::AlgorithmWrong => "token_algorithm_wrong",
            Self::SignatureWrong => "token_signature_wrong",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Missing => "Send a token of the site's back end together with a new user.",
            Self::Malformed => "Send a signed JWT in its compact form, at most 4096 bytes.",
            Self::Expired => "Fetch a fresh token from the site's back end.",
            Self::TooLongLived => "Let the back end set exp at most one hour ahead.",
            Self::NotYetValid => "Set the clocks right: the token is from the future.",
            Self::AudienceWrong => "Let the back end set aud to the site's id.",
            Self::SubjectWrong => "Let the back end set sub to the very user id that the page names.",
            Self::DeviceWrong => "Let the back end set did to this device's id, or leave it out.",
            Self::KeyUnknown => "Let the back end set kid to a key in the site's settings.",
            Self::AlgorithmWrong => "Sign with the algorithm that the settings give this key.",
            Self::SignatureWrong => "Sign with the key that kid names.",
        }
    }
}

/// A token as it came. Not shown: whoever has it is that user for an hour.
#[derive(Clone, PartialEq, Eq)]
pub struct UserToken(String);

impl UserToken {
    /// Any text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for UserToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(…)")
    }
}

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The site's id, `aud`.
    pub site: &'a str,
    /// The user's id, `sub`.
    pub user: &'a str,
    /// The device's id, `did` where it is there.
    pub device: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// A key and the one algorithm it is for.
enum Verifier {
    Es256(UnparsedPublicKey<Vec<u8>>),
    Hs256(hmac::Key),
}

/// The keys of one site.
#[derive(Default)]
pub struct UserKeys(Vec<(String, Verifier)>);

impl UserKeys {
    /// Loads the keys of the settings.
    ///
    /// # Errors
    /// One sentence that names the key, without its value.
    pub fn load(keys: &[UserKey]) -> Result<Self, String> {
        let mut loaded: Vec<(String, Verifier)> = Vec::new();
        for key in keys {
            if key.kid.is_empty() || loaded.iter().any(|(kid, _)| *kid == key.kid) {
                return Err(format!("Give each key a kid of its own, not \"{}\".", key.kid));
            }
            loaded.push((key.kid.clone(), verifier(key)?));
        }
        Ok(Self(loaded))
    }

    /// Whether the token proves what is expected.
    ///
    /// # Errors
    /// The first [`TokenFault`] found; claims are read only after the signature.
    pub fn check(&self, token: &UserToken, expected: Expected<'_>) -> Result<(), TokenFault> {
        let parts = Parts::of(&token.0).ok_or(TokenFault::Malformed)?;
        let named = |kid: &String| self.0.iter().find(|(known, _)| known == kid);
        let (_, verifier) = parts.header.kid.as_ref().and_then(named).ok_or(TokenFault::KeyUnknown)?;
        if parts.header.alg != verifier.alg() {
            return Err(TokenFault::AlgorithmWrong);
        }
        if !verifier.is_signed(parts.signed.as_bytes(), &parts.signature) {
            return Err(TokenFault::SignatureWrong);
        }
        check_claims(&parts.claims, expected)
    }
}

impl Verifier {
    const fn alg(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::Hs256(_) => "HS256",
        }
    }

    fn is_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => key.verify(signed, signature).is_ok(),
            Self::Hs256(key) => hmac::verify(key, signed, signature).is_ok(),
        }
    }
}

fn verifier(key: &UserKey) -> Result<Verifier, String> {
    match (key.alg, &key.public, &key.secret) {
        (KeyAlg::Es256, Some(public), None) => {
            let point = point(public).ok_or_else(|| {
                format!("Set public of the key {} to a P-256 public key: PEM, or base64url of 65 bytes.", key.kid)
            })?;
            Ok(Verifier::Es256(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)))
        }
        (KeyAlg::Hs256, None, Some(secret)) if secret.len() >= SECRET_BYTES => {
            Ok(Verifier::Hs256(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))
        }
        (KeyAlg::Hs256, None, Some(_)) => {
            Err(format!("Make the secret of the key {} at least {SECRET_BYTES} bytes long.", key.kid))
        }
        (KeyAlg::Es256, ..) => {
            Err(format!("Give the key {} its public half, and no secret: it is for ES256.", key.kid))
        }
        (KeyAlg::Hs256, ..) => Err(format!("Give the key {} a secret, and no public half: it is for HS256.", key.kid)),
    }
}

/// The point of a public key: PEM as `openssl ec -pubout` writes it, or the bytes alone as base64url.
fn point(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let bytes = match text.trim().strip_prefix("-----BEGIN PUBLIC KEY-----") {
        None => b64::decode(text)?,
        Some(rest) => {
            let body: String = rest.strip_suffix("-----END PUBLIC KEY-----")?.split_whitespace().collect();
            let der = base64::engine::general_purpose::STANDARD.decode(body).ok()?;
            der.strip_prefix(&SPKI)?.to_vec()
        }
    };
    (bytes.len() == POINT_BYTES && is_on_curve(&bytes)).then_some(bytes)
}

/// ring checks a point when it is used; agreeing on a key with it is the use that needs no signature.
fn is_on_curve(point: &[u8]) -> bool {
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new());
    let theirs = agreement::UnparsedPublicKey::new(&ECDH_P256, point);
    ours.is_ok_and(|ours| agreement::agree_ephemeral(ours, &theirs, |_| ()).is_ok())
}

/// What the header may say. Anything else in it means nothing here.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515, section 4.1.11); none is.
    crit: Option<Value>,
}

struct Parts<'a> {
    header: Header,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Option<Self> {
        if token.len() > TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| match json::read(&b64::decode(part)?).ok()? {
            Value::Object(map) => Some(map),
            _ => None,
        };
        let header: Header = serde_json::from_value(object(header)?.into()).ok()?;
        if header.crit.is_some() {
            return None;
        }
        Some(Self { header, claims: object(claims)?, signed, signature: b64::decode(signature)? })
    }
}

fn check_claims(claims: &Map<String, Value>, expected: Expected<'_>) -> Result<(), TokenFault> {
    check_times(claims, expected.now)?;
    // One audience, or a list of them (RFC 7519, section 4.1.3).
    let is_site = |value: &Value| value.as_str() == Some(expected.site);
    let is_ours = match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().any(is_site),
        Some(value) => is_site(value),
        None => false,
    };
    if !is_ours {
        return Err(TokenFault::AudienceWrong);
    }
    if claims.get("sub").and_then(Value::as_str) != Some(expected.user) {
        return Err(TokenFault::SubjectWrong);
    }
    match claims.get("did") {
        Some(did) if did.as_str() != Some(expected.device) => Err(TokenFault::DeviceWrong),
        _ => Ok(()),
    }
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), TokenFault> {
    let exp = seconds(claims, "exp")?.ok_or(TokenFault::Malformed)?;
    let iat = seconds(claims, "iat")?;
    let nbf = seconds(claims, "nbf")?;
    if exp <= now - SKEW {
        return Err(TokenFault::Expired);
    }
    if exp > now + LIFETIME + SKEW || iat.is_some_and(|iat| exp > iat.saturating_add(LIFETIME)) {
        return Err(TokenFault::TooLongLived);
    }
    let is_early = |time: i64| time > now + SKEW;
    if iat.is_some_and(is_early) || nbf.is_some_and(is_early) { Err(TokenFault::NotYetValid) } else { Ok(()) }
}

/// A `NumericDate`, which may have a fraction (RFC 7519, section 2).
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenFault> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    #[allow(clippy::cast_possible_truncation)] // a cast of a float saturates, and such a time is refused after
    let whole = || value.as_f64().map(|number| number.floor() as i64);
    value.as_i64().or_else(whole).map(Some).ok_or(TokenFault::Malformed)
}
