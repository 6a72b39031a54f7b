//! Where the data is kept, when not in a file: an address that may hold a password, so that it is never shown whole.

use std::fmt;

use serde::Deserialize;
use url::Url;

/// `postgres://user:password@host/name`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Takes any text; [`DatabaseUrl::check`] says whether it can be used.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The whole address, for connecting only.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Scheme, host and name, for people and logs: no user, no password, no parameters.
    #[must_use]
    pub fn shown(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) => format!("postgres://{}{}", url.host_str().unwrap_or_default(), url.path()),
            Err(_) => "postgres://…".to_owned(),
        }
    }

    /// Refuses what is no address of a `PostgreSQL` database.
    ///
    /// # Errors
    /// One sentence for the operator, without the address in it.
    pub fn check(&self) -> Result<(), String> {
        let fits = Url::parse(&self.0)
            .is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql") && url.path().len() > 1);
        let cure = "Set database to postgres://user:password@host/name, or leave it out to keep the data in data_dir.";
        if fits { Ok(()) } else { Err(cure.to_owned()) }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}
