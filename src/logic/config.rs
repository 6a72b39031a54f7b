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
    /// The popup waits for one of these events; none: it does not wait.
    pub events: Vec<String>,
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
            events: Vec::new(),
            locale: String::new(),
            theme: "auto",
            texts: Texts::default(),
        }
    }
}

/// Sets one field; `None` when the value is not allowed.
type Setter = fn(&mut Config, &str) -> Option<()>;

/// Path, kind of the value (`s`tring, `n`umber, `b`oolean) and how it is set. A path that ends in a dot stands for
/// everything below it.
type Row = (&'static str, &'static str, Setter);

/// An empty object or list says nothing, where one may be.
const NOTHING: Setter = |_, _| Some(());

const ROWS: [Row; 18] = [
    ("site", "s", |c, v| keep(&mut c.site, v, is_id)),
    ("server", "s", |c, v| keep(&mut c.server, v, is_origin)),
    ("worker.url", "s", |c, v| keep(&mut c.worker_url, v, is_path)),
    ("worker.scope", "s", |c, v| keep(&mut c.worker_scope, v, is_path)),
    ("prompt", "o", NOTHING),
    ("prompt.backoffDays", "o", NOTHING),
    ("prompt.events", "o", NOTHING),
    ("worker", "o", NOTHING),
    ("texts", "o", NOTHING),
    ("prompt", "b", |c, v| (v.is_empty()).then(|| c.automatic = false)),
    ("prompt.delaySeconds", "n", |c, v| number(v, 86_400).map(|seconds| c.delay = seconds * 1000)),
    ("prompt.pageViews", "n", |c, v| number(v, 1000).map(|views| c.page_views = views)),
    ("prompt.maxAsks", "n", |c, v| number(v, 1000).map(|asks| c.max_asks = asks)),
    ("prompt.backoffDays.", "n", |c, v| number(v, 3650).filter(|days| *days > 0).map(|days| c.backoff_days.push(days))),
    ("prompt.events.", "s", |c, v| is_event(v).then(|| c.events.push(String::from(v)))),
    ("locale", "s", |c, v| keep(&mut c.locale, v, is_locale)),
    ("theme", "s", |c, v| ["auto", "light", "dark"].into_iter().find(|theme| *theme == v).map(|theme| c.theme = theme)),
    // What the shell adds for a page in another language than English (src/view/texts.json).
    ("language", "s", |c, v| keep(&mut c.texts.language, v, is_locale)),
];

/// What is allowed in each field, for the developer who made the mistake. The module never reads this table: the
/// shell has the sentences in a chunk of its own (`shell/words.js`, generated).
pub const ALLOWED: &[(&str, &str)] = &[
    ("site", "the site's id: 1 to 128 letters, digits, - or _"),
    ("server", "the server's address: https://host (http only on localhost), without a path"),
    ("worker.url", "a path on this site that begins with /"),
    ("worker.scope", "a path on this site that begins with /"),
    ("prompt", "false, or an object"),
    ("prompt.delaySeconds", "seconds, a whole number, 0 to 86400"),
    ("prompt.pageViews", "a whole number, 0 to 1000"),
    ("prompt.maxAsks", "a whole number, 0 to 1000"),
    ("prompt.backoffDays.", "a list of days, whole numbers, each 1 to 3650"),
    ("prompt.events.", "a list of event names, each 1 to 128 bytes without a comma or a vertical bar"),
    ("locale", "a language tag such as de or pt-BR"),
    ("theme", "auto, light or dark"),
    ("texts.", "your own words for title, text, yes, no and close, each at most 500 bytes"),
    ("data-config", "a JSON object"),
    ("", "no such field; the README lists all of them"),
];

impl Config {
    /// Reads the whole configuration; the first mistake is the answer.
    ///
    /// # Errors
    /// The dotted path of the field: an unknown key, a wrong kind, a value out of range, a missing `site` or `server`.
    pub fn read(leaves: &Leaves) -> Result<Self, String> {
        let mut config = Self::default();
        for leaf in &leaves.0 {
            config.set(leaf).ok_or(leaf.path)?;
        }
        for (field, value) in [("site", &config.site), ("server", &config.server)] {
            if value.is_empty() {
                return Err(String::from(field));
            }
        }
        if config.backoff_days.is_empty() {
            // After a No: three days, a week, then a month (features.md B4).
            config.backoff_days.extend([3, 7, 30]);
        }
        Ok(config)
    }

    fn set(&mut self, leaf: &Leaf) -> Option<()> {
        for (prefix, built_in) in [("texts.", false), ("words.", true)] {
            if let Some(key) = leaf.path.strip_prefix(prefix) {
                let fits = leaf.kind == "s" && leaf.text.len() <= 500;
                return (fits && self.texts.set(key, leaf.text, built_in)).then_some(());
            }
        }
        let (.., set) = ROWS.iter().find(|(path, kind, _)| *kind == leaf.kind && covers(path, leaf.path))?;
        set(self, leaf.text)
    }
}

/// `prompt.events.` covers `prompt.events.0`.
fn covers(path: &str, field: &str) -> bool {
    path == field || (path.as_bytes().last() == Some(&b'.') && field.strip_prefix(path).is_some())
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

/// The sleep ticket lists events between commas and vertical bars.
fn is_event(name: &str) -> bool {
    !name.is_empty() && name.len() <= ID_BYTES && !name.bytes().any(|b| b == b',' || b == b'|')
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
