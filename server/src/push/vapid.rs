//! VAPID (RFC 8292): who is sending, signed for one push service.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;
use url::Url;

use crate::b64;

/// `{"typ":"JWT","alg":"ES256"}`.
const JWT_HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9";

/// Why a token cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VapidError {
    /// The key pair does not load: wrong lengths, or the halves do not belong together.
    KeyInvalid,
    /// The audience is not the plain origin of a push service.
    AudienceInvalid,
    /// The subject is neither `mailto:` nor an `https:` URL that push services accept.
    SubjectInvalid,
    /// The system gave no random bytes.
    NoRandom,
}

/// The site's signing key. Its public half is the browser's `applicationServerKey`.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    public: String,
}

impl VapidKey {
    /// Loads a raw 32-byte private and a raw 65-byte public key, both base64url, as `web-push
    /// generate-vapid-keys` prints them.
    ///
    /// # Errors
    /// [`VapidError::KeyInvalid`].
    pub fn from_raw(private: &str, public: &str) -> Result<Self, VapidError> {
        let secret = b64::decode(private).ok_or(VapidError::KeyInvalid)?;
        let point = b64::decode(public).ok_or(VapidError::KeyInvalid)?;
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &secret, &point, &random)
                .map_err(|_| VapidError::KeyInvalid)?;
        Ok(Self { pair, public: public.to_owned() })
    }

    /// The public key, uncompressed, base64url.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The value of the `Authorization` header: `vapid t=…, k=…`.
    ///
    /// # Errors
    /// [`VapidError::NoRandom`].
    pub fn authorization(&self, claims: &Claims) -> Result<String, VapidError> {
        let payload = json!({"aud": claims.audience, "exp": claims.expires, "sub": claims.subject});
        let signed = format!("{JWT_HEADER}.{}", b64::encode(payload.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| VapidError::NoRandom)?;
        Ok(format!("vapid t={signed}.{}, k={}", b64::encode(signature.as_ref()), self.public))
    }
}

/// A new key pair as `(private, public)`, raw and base64url.
///
/// # Errors
/// [`VapidError::NoRandom`].
pub fn generate() -> Result<(String, String), VapidError> {
    /// Where ring's PKCS #8 template for P-256 holds the private key.
    const PRIVATE: core::ops::Range<usize> = 36..68;
    let random = SystemRandom::new();
    let document =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| VapidError::NoRandom)?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
        .map_err(|_| VapidError::KeyInvalid)?;
    let private = document.as_ref().get(PRIVATE).ok_or(VapidError::KeyInvalid)?;
    let keys = (b64::encode(private), b64::encode(pair.public_key().as_ref()));
    VapidKey::from_raw(&keys.0, &keys.1)?;
    Ok(keys)
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    audience: String,
    subject: String,
    expires: u64,
}

impl Claims {
    /// `audience`: the push service's origin, with its port when that is not the default one (RFC 8292, section
    /// 2; RFC 6454, section 6.2). `expires`: seconds since 1970, at most a day ahead.
    ///
    /// # Errors
    /// [`VapidError::AudienceInvalid`], [`VapidError::SubjectInvalid`].
    pub fn new(audience: &str, subject: &str, expires: u64) -> Result<Self, VapidError> {
        let url = Url::parse(audience).map_err(|_| VapidError::AudienceInvalid)?;
        if !url.has_host() || url.origin().ascii_serialization() != audience {
            return Err(VapidError::AudienceInvalid);
        }
        check_subject(subject)?;
        Ok(Self { audience: audience.to_owned(), subject: subject.to_owned(), expires })
    }
}

/// Accepts `mailto:someone@host` and `https://host/…`. Spaces and brackets are refused, because Apple's service
/// answers them with 403 `BadJwtToken`.
///
/// # Errors
/// [`VapidError::SubjectInvalid`].
pub fn check_subject(subject: &str) -> Result<(), VapidError> {
    let clean = subject.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"'));
    let host = if let Some(address) = subject.strip_prefix("mailto:") {
        address.rsplit_once('@').filter(|(name, _)| !name.is_empty()).map(|(_, host)| host)
    } else {
        subject.strip_prefix("https://").and_then(|rest| rest.split('/').next())
    };
    if clean && host.is_some_and(is_host) { Ok(()) } else { Err(VapidError::SubjectInvalid) }
}

/// `localhost`, a dotted name or address, or groups of an IPv6 address.
fn is_host(host: &str) -> bool {
    let hex = |group: &str| group.len() <= 4 && group.chars().all(|c| c.is_ascii_hexdigit());
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let dotted = host.contains('.') && host.split('.').all(label);
    let grouped = host.contains(':') && !host.starts_with(':') && host.split(':').all(hex);
    host == "localhost" || dotted || grouped
}

#[cfg(test)]
#[path = "vapid_tests.rs"]
mod tests;
