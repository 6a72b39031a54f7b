//! The site's configuration: read from a table, so that a mistake is answered with the field and what is allowed there.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::border::{Leaf, Leaves};
use crate::contract::limits::ID_BYTES;
use crate::contract::text::first;
use crate::view::texts::Texts;

/// What the site configured, with defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The site's id.
    pub site: String,
    /// The server's origin, without a slash at its end.
    pub server: String,
    /// Script of the service worker.
    pub worker_url: String,
    /// Scope of the service worker: our own folder, so that a site's own worker at `/` is never touched.
    pub worker_scope: String,
    /// The popup may open by itself.
    pub automatic: bool,
    /// How long a page must be open before the popup, milliseconds.
    pub delay: u64,
    /// Page views of this visitor before the popup.
    pub page_views: u64,
    /// Days to wait after the first, second, ... No; the last one repeats.
    pub backoff_days: Vec<u64>,
    /// How often the popup may show by itself in a lifetime.
    pub max_asks: u64,
    /// Language of the popup, or empty for the page's.
    pub locale: String,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// The site's own words.
    pub texts: Texts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            site: String::new(),
            server: String::new(),
            worker_url: "/softbell/sw.js".to_owned(),
            worker_scope: "/softbell/".to_owned(),
            automatic: true,
            delay: 0,
            page_views: 1,
            backoff_days: Vec::new(),
            max_asks: 5,
            locale: String::new(),
            theme: "auto",
            texts: Texts::default(),
        }
    }
}

/// A field that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The field, dotted.
    pub field: String,
    /// What is allowed there.
    pub allowed: &'static str,
}

/// Sets one field; `None` when the value is not allowed.
type Setter = fn(&mut Config, &str) -> Option<()>;

/// Path, kind of the value (`s`tring, `n`umber, `b`oolean), what is allowed, and how it is set.
type Row = (&'static str, &'static str, &'static str, Setter);

const ROWS: [Row; 10] = [
    ("site", "s", "the site's id: 1 to 128 letters, digits, - or _", |c, v| keep(&mut c.site, v, is_id)),
    ("server", "s", "the server's address: https://host (http only on localhost), without a path", |c, v| {
        keep(&mut c.server, v, is_origin)
    }),
    ("worker.url", "s", "a path on this site that begins with /", |c, v| keep(&mut c.worker_url, v, is_path)),
    ("worker.scope", "s", "a path on this site that begins with /", |c, v| keep(&mut c.worker_scope, v, is_path)),
    ("prompt", "b", "false, or an object", |c, v| (v.is_empty()).then(|| c.automatic = false)),
    ("prompt.delaySeconds", "n", "seconds, 0 to 86400", |c, v| {
        number(v, 86_400).map(|seconds| c.delay = seconds * 1000)
    }),
    ("prompt.pageViews", "n", "a whole number, 0 to 1000", |c, v| number(v, 1000).map(|views| c.page_views = views)),
    ("prompt.maxAsks", "n", "a whole number, 0 to 1000", |c, v| number(v, 1000).map(|asks| c.max_asks = asks)),
    ("locale", "s", "a language tag such as de or pt-BR", |c, v| keep(&mut c.locale, v, is_locale)),
    ("theme", "s", "auto, light or dark", |c, v| {
        ["auto", "light", "dark"].into_iter().find(|theme| *theme == v).map(|theme| c.theme = theme)
    }),
];

const BACKOFF_ALLOWED: &str = "a list of days, each 1 to 3650";
const TEXT_ALLOWED: &str = "texts of title, text, yes, no and close, each at most 500 bytes";

impl Config {
    /// Reads the whole configuration; the first mistake is the answer.
    ///
    /// # Errors
    /// Names the field and what is allowed: unknown keys, wrong kinds, values out of range, a missing `site` or `server`.
    pub fn read(leaves: &Leaves) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        for leaf in &leaves.0 {
            config.set(leaf).map_err(|allowed| ConfigError { field: leaf.path.to_owned(), allowed })?;
        }
        for (field, value, allowed) in [("site", &config.site, ROWS[0].2), ("server", &config.server, ROWS[1].2)] {
            if value.is_empty() {
                return Err(ConfigError { field: field.to_owned(), allowed });
            }
        }
        if config.backoff_days.is_empty() {
            // After a No: three days, a week, then a month (features.md B4).
            config.backoff_days.extend([3, 7, 30]);
        }
        Ok(config)
    }

    fn set(&mut self, leaf: &Leaf) -> Result<(), &'static str> {
        if let Some(key) = leaf.path.strip_prefix("texts.") {
            let fits = leaf.kind == "s" && leaf.text.len() <= 500 && self.texts.set(key, leaf.text);
            return fits.then_some(()).ok_or(TEXT_ALLOWED);
        }
        if leaf.path.starts_with("prompt.backoffDays.") {
            let days = number(leaf.text, 3650).filter(|days| leaf.kind == "n" && *days > 0).ok_or(BACKOFF_ALLOWED)?;
            self.backoff_days.push(days);
            return Ok(());
        }
        if leaf.kind == "o" {
            // An empty object says nothing.
            return Ok(());
        }
        let row = ROWS.iter().find(|row| row.0 == leaf.path).ok_or("no such field; see the list in the README")?;
        if row.1 == leaf.kind { (row.3)(self, leaf.text).ok_or(row.2) } else { Err(row.2) }
    }
}

fn keep(slot: &mut String, value: &str, fits: fn(&str) -> bool) -> Option<()> {
    fits(value).then(|| value.clone_into(slot))
}

fn number(text: &str, most: u64) -> Option<u64> {
    text.parse().ok().filter(|number| *number <= most)
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= ID_BYTES && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_path(path: &str) -> bool {
    path.as_bytes().first() == Some(&b'/') && path.as_bytes().get(1) != Some(&b'/')
}

/// A language tag by its alphabet (BCP 47); whether the language exists is not our business.
pub(super) fn is_locale(locale: &str) -> bool {
    !locale.is_empty() && locale.len() <= 35 && locale.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// `scheme://host[:port]` with https, or http on this very machine.
fn is_origin(origin: &str) -> bool {
    let is_host = |host: &str| !host.is_empty() && host.bytes().all(|b| b > b' ' && b != b'/' && b != b'@');
    let is_local = |host: &str| matches!(first(host, ':'), "localhost" | "127.0.0.1");
    origin.strip_prefix("https://").is_some_and(is_host)
        || origin.strip_prefix("http://").is_some_and(|host| is_host(host) && is_local(host))
}
