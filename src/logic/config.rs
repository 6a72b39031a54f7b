//! The site's configuration: read from a table, so that a mistake is answered with the field and what is allowed there.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::border::{Leaf, Leaves};
use crate::contract::limits::ID_BYTES;
use crate::contract::text::{first, number, pieces};
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
    /// Where the popup may show by itself (`true`; none: everywhere), and where not: a path, or how it begins and a `*`.
    pub urls: Vec<(bool, String)>,
    /// Language of the popup, or empty for the page's.
    pub locale: String,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// `logout()` takes the user off the device; else the device stays his.
    pub detach: bool,
    /// The site's own words.
    pub texts: Texts,
}

impl Config {
    /// What holds where the site says nothing else.
    pub const DEFAULT: Self = Self {
        site: String::new(),
        server: String::new(),
        worker_url: String::new(),
        worker_scope: String::new(),
        automatic: true,
        delay: 0,
        page_views: 1,
        backoff_days: Vec::new(),
        max_asks: 5,
        events: Vec::new(),
        urls: Vec::new(),
        locale: String::new(),
        theme: "auto",
        detach: true,
        texts: Texts::ENGLISH,
    };
}

/// Sets one field; `None` when the value is not allowed.
type Setter = fn(&mut Config, &str) -> Option<()>;

/// Path, kind of the value (`s`tring, `n`umber, `b`oolean) and how it is set. A path that ends in a dot stands for
/// everything below it.
type Row = (&'static str, &'static str, Setter);

/// Any value will do.
const NOTHING: Setter = |_, _| Some(());

const ROWS: [Row; 24] = [
    ("site", "s", |c, v| keep(&mut c.site, v, is_id)),
    ("server", "s", |c, v| keep(&mut c.server, v, is_origin)),
    ("worker.url", "s", |c, v| keep(&mut c.worker_url, v, is_path)),
    ("worker.scope", "s", |c, v| keep(&mut c.worker_scope, v, is_path)),
    // Which of them we replace is the shell's to know (`shell/replace.js`).
    ("replaces.", "s", |_, v| is_path(v).then_some(())),
    // A ServiceWorkerRegistration has no members of its own; the shell keeps it.
    ("worker.registration", "o", NOTHING),
    ("prompt", "b", |c, v| (v.is_empty()).then(|| c.automatic = false)),
    ("prompt.delaySeconds", "n", |c, v| number(v, 86_400).map(|seconds| c.delay = seconds * 1000)),
    ("prompt.pageViews", "n", |c, v| number(v, 1000).map(|views| c.page_views = views)),
    ("prompt.maxAsks", "n", |c, v| number(v, 1000).map(|asks| c.max_asks = asks)),
    ("prompt.backoffDays.", "n", |c, v| number(v, 3650).filter(|days| *days > 0).map(|days| c.backoff_days.push(days))),
    ("prompt.events.", "s", |c, v| is_event(v).then(|| c.events.push(String::from(v)))),
    ("prompt.urls.allow.", "s", |c, v| is_path(v).then(|| c.urls.push((true, String::from(v))))),
    ("prompt.urls.deny.", "s", |c, v| is_path(v).then(|| c.urls.push((false, String::from(v))))),
    // What follows is the shell's and the worker's; here it is only checked.
    ("prompt.topics.", "s", |_, v| (1..=ID_BYTES).contains(&v.len()).then_some(())),
    ("prompt.form", "s", |_, v| one_of("slide card banner modal inline", v).map(|_| ())),
    ("foreground", "s", |_, v| one_of("system page both", v).map(|_| ())),
    ("allowedOrigins.", "s", |_, v| is_origin(v).then_some(())),
    ("nonce", "s", NOTHING),
    ("locale", "s", |c, v| keep(&mut c.locale, v, is_locale)),
    ("theme", "s", |c, v| one_of("auto light dark", v).map(|theme| c.theme = theme)),
    // The shell has acted on it before this is read.
    ("consent", "s", |_, v| one_of("granted pending denied", v).map(|_| ())),
    ("logout", "s", |c, v| one_of("keep detach", v).map(|word| c.detach = word == "detach")),
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
    ("replaces.", "a list of paths on this site, each begins with /"),
    ("worker.registration", "the ServiceWorkerRegistration that register() gave"),
    ("allowedOrigins.", "a list of origins, each https://host without a path"),
    ("foreground", "system, page or both"),
    ("nonce", "the nonce of the page's content security policy"),
    ("prompt", "false, or an object"),
    ("prompt.form", "slide, card, banner, modal or inline"),
    ("prompt.urls.allow.", "a list of paths that begin with /; a * at the end stands for anything"),
    ("prompt.urls.deny.", "a list of paths that begin with /; a * at the end stands for anything"),
    ("prompt.topics.", "a list of topic ids, each 1 to 128 bytes"),
    ("prompt.delaySeconds", "seconds, a whole number, 0 to 86400"),
    ("prompt.pageViews", "a whole number, 0 to 1000"),
    ("prompt.maxAsks", "a whole number, 0 to 1000"),
    ("prompt.backoffDays.", "a list of days, whole numbers, each 1 to 3650"),
    ("prompt.events.", "a list of event names, each 1 to 128 bytes without a comma or a vertical bar"),
    ("locale", "a language tag such as de or pt-BR"),
    ("theme", "auto, light or dark"),
    ("consent", "granted, pending or denied"),
    ("logout", "keep or detach"),
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
        let mut config = Self::DEFAULT;
        for leaf in leaves.iter() {
            config.set(&leaf).ok_or(leaf.path)?;
        }
        for (field, value) in [("site", &config.site), ("server", &config.server)] {
            if value.is_empty() {
                return Err(String::from(field));
            }
        }
        for (path, default) in [(&mut config.worker_url, "/softbell/sw.js"), (&mut config.worker_scope, "/softbell/")] {
            if path.is_empty() {
                path.push_str(default);
            }
        }
        if config.backoff_days.is_empty() {
            // After a No: three days, a week, then a month (features.md B4).
            config.backoff_days.extend([3, 7, 30]);
        }
        Ok(config)
    }

    /// Whether the popup may show by itself on this path.
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        let mut allowed = true;
        let mut found = false;
        for (allow, pattern) in &self.urls {
            if matches(pattern, path) {
                if !allow {
                    return false;
                }
                found = true;
            }
            allowed &= !allow;
        }
        allowed || found
    }

    fn set(&mut self, leaf: &Leaf) -> Option<()> {
        for (prefix, built_in) in [("texts.", false), ("words.", true)] {
            if let Some(key) = leaf.path.strip_prefix(prefix) {
                let fits = leaf.kind == "s" && leaf.text.len() <= 500;
                return (fits && self.texts.set(key, leaf.text, built_in)).then_some(());
            }
        }
        if leaf.kind == "o" && (leaf.path == "texts" || ROWS.iter().any(|(path, ..)| is_below(path, leaf.path))) {
            // An empty object or list says nothing, where one may be.
            return Some(());
        }
        let (.., set) = ROWS.iter().find(|(path, kind, _)| *kind == leaf.kind && covers(path, leaf.path))?;
        set(self, leaf.text)
    }
}

/// `prompt.events.` is below `prompt.events`, and both are below `prompt`.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.as_bytes().first() == Some(&b'.'))
}

/// `prompt.events.` covers `prompt.events.0`.
fn covers(path: &str, field: &str) -> bool {
    path == field || (path.as_bytes().last() == Some(&b'.') && field.strip_prefix(path).is_some())
}

/// `/cart*` matches every path that begins with `/cart`.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.as_bytes() {
        [start @ .., b'*'] => path.as_bytes().starts_with(start),
        whole => whole == path.as_bytes(),
    }
}

fn one_of(words: &'static str, value: &str) -> Option<&'static str> {
    pieces(words, ' ').find(|word| *word == value)
}

fn keep(slot: &mut String, value: &str, fits: fn(&str) -> bool) -> Option<()> {
    fits(value).then(|| value.clone_into(slot))
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
