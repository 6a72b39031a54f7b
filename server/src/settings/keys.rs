//! The keys with which a site's back end proves who its users are.

use core::fmt;

use serde::Deserialize;

/// One key, named by the `kid` of tokens.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserKey {
    /// The name, as it stands in the header of tokens.
    pub kid: String,
    /// The one algorithm that the key is for.
    pub alg: KeyAlg,
    /// For ES256: the public half, PEM or base64url of the 65 bytes.
    pub public: Option<String>,
    /// For HS256: a text of at least 32 bytes that the back end has, too.
    pub secret: Option<String>,
}

/// Algorithms of RFC 7518 that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum KeyAlg {
    /// ECDSA on P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
}

/// Without the secret, because settings are shown in errors of tests and logs.
impl fmt::Debug for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserKey").field("kid", &self.kid).field("alg", &self.alg).finish_non_exhaustive()
    }
}
