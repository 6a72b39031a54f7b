//! Signed VAPID tokens, made once per push service and kept while they last.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::vapid::{Claims, VapidError, VapidKey};

/// How long a token lasts, in seconds. RFC 8292 allows 24 h; half of it leaves room for clocks that differ.
const LIFETIME: u64 = 12 * 3600;
/// A token with less than this left, in seconds, is made anew.
const RENEW_BEFORE: u64 = 3600;
/// Push services remembered; a sender meets a handful, a hostile one could invent more.
const SERVICES: usize = 1000;

/// Signs for any push service, and remembers.
pub struct Signer {
    key: VapidKey,
    subject: String,
    /// By origin: the header and when it ends, in seconds since 1970.
    kept: Mutex<HashMap<String, (String, u64)>>,
}

impl Signer {
    /// `subject`: how a push service reaches the site's owner, `mailto:` or `https:`.
    #[must_use]
    pub fn new(key: VapidKey, subject: String) -> Self {
        Self { key, subject, kept: Mutex::default() }
    }

    /// The public key, base64url.
    #[must_use]
    pub fn public(&self) -> &str {
        self.key.public()
    }

    /// The `Authorization` header for the push service at `origin`; `now` in seconds since 1970.
    ///
    /// # Errors
    /// See [`VapidError`].
    pub fn authorization(&self, origin: &str, now: u64) -> Result<String, VapidError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((header, expires)) = kept.get(origin)
            && *expires > now + RENEW_BEFORE
            && *expires <= now + LIFETIME
        {
            return Ok(header.clone());
        }
        if kept.len() >= SERVICES {
            kept.clear();
        }
        let expires = now + LIFETIME;
        let header = self.key.authorization(&Claims::new(origin, &self.subject, expires)?)?;
        kept.insert(origin.to_owned(), (header.clone(), expires));
        Ok(header)
    }
}
