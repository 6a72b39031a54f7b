//! Settings: a TOML file, then the environment, then a check that refuses with one sentence.

mod check;
mod database;
mod env;
mod keys;
mod limits;
mod proxies;

pub use check::{check, is_local};
pub use database::DatabaseUrl;
pub use keys::{KeyAlg, UserKey};
pub use limits::Limits;
pub use proxies::Network;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Everything an operator can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to listen on. Default `127.0.0.1:8480`.
    pub listen: SocketAddr,
    /// How browsers reach this server, without a slash at the end. Default: `http://` and the listen address.
    pub public_url: Option<String>,
    /// Folder of the database and the secrets; made when missing. Default `data`.
    pub data_dir: PathBuf,
    /// A `PostgreSQL` database for the data. Default: a file in `data_dir`.
    pub database: Option<DatabaseUrl>,
    /// Folder of the built kit, served at `/softbell/`. Default `pkg/dist/softbell`.
    pub kit: PathBuf,
    /// Folder of the built console, served at `/console/`. Default `build/console`.
    pub console: PathBuf,
    /// How push services reach the operator: `mailto:…` or `https://…`. Needed unless in lab mode.
    pub contact: Option<String>,
    /// Push service hosts that are allowed: names, or suffixes that start with a dot. Empty: every public host.
    pub push_hosts: Vec<String>,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed. Default: this machine's own.
    pub trusted_proxies: Vec<Network>,
    /// Days that reports, sends and messages are kept; 0: for ever. Default 400: a year can be compared with the last one.
    pub keep_days: u32,
    /// How much may be asked for.
    pub limits: Limits,
    /// The sites by id.
    pub sites: BTreeMap<String, Site>,
    /// Test mode, on this machine only.
    pub lab: Option<Lab>,
}

/// One site.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Origins of its pages, as in `https://shop.example.com`.
    pub origins: Vec<String>,
    /// What visitors can choose to hear about.
    pub topics: Vec<Topic>,
    /// The message a device gets when it first can be reached; none: no message.
    pub welcome: Option<Welcome>,
    /// Keys with which the site's back end proves its users; none: no device can have a user.
    pub keys: Vec<UserKey>,
    /// What consent entries say about the site.
    pub privacy: Privacy,
    /// Seconds over which devices spread their reports that a message to many was received, 0 to 25. Default 25.
    pub received_jitter: u8,
    /// What leads to a conversion.
    pub attribution: Attribution,
}

impl Default for Site {
    fn default() -> Self {
        let (origins, topics, welcome, keys, privacy, attribution) = Default::default();
        Self { origins, topics, welcome, keys, privacy, received_jitter: MOST_JITTER, attribution }
    }
}

/// How long before a conversion something may lie that led to it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attribution {
    /// Hours after a click; 0: clicks lead to nothing. Default 24.
    pub click_window_hours: u32,
    /// Hours after a notification was displayed and not clicked; 0: displays lead to nothing. Default 24.
    pub display_window_hours: u32,
}

impl Default for Attribution {
    fn default() -> Self {
        Self { click_window_hours: 24, display_window_hours: 24 }
    }
}

/// What `received_jitter` may be at most: a push service's worker has about half a minute for everything.
pub const MOST_JITTER: u8 = 25;

/// Who asks for consent, and what for, as it goes into the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// Name and address of who decides about the data (GDPR, Art. 4(7)).
    pub controller: Option<String>,
    /// What the data is used for.
    pub purposes: Vec<String>,
    /// Absolute address of the privacy notice.
    pub link: Option<String>,
}

/// A topic, as it goes to browsers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Stable, at most 128 bytes.
    pub id: String,
    /// What visitors read.
    pub name: String,
}

/// The welcome message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Welcome {
    /// First line, not empty.
    pub title: String,
    /// Text.
    pub body: String,
    /// Absolute address on one of the site's origins; a click opens it.
    pub url: String,
    /// Absolute address of a picture.
    pub icon: Option<String>,
}

/// Test mode.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lab {
    /// Every push goes to this origin instead of the endpoint's, with the endpoint's path and query.
    pub push_url: Option<String>,
    /// Seconds added to the clock.
    pub clock_offset: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8480)),
            public_url: None,
            data_dir: "data".into(),
            database: None,
            kit: "pkg/dist/softbell".into(),
            console: "build/console".into(),
            contact: None,
            push_hosts: Vec::new(),
            trusted_proxies: Network::loopback(),
            keep_days: 400,
            limits: Limits::default(),
            sites: BTreeMap::new(),
            lab: None,
        }
    }
}

impl Settings {
    /// Reads the file and the environment (`SOFTBELL_…`, which wins). Not checked yet: see [`check`].
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn read(file: &Path, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, String> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("Cannot read the settings file {}: {error}.", file.display()))?;
        let mut settings = Self::parse(&text)?;
        env::apply(&mut settings, variables)?;
        Ok(settings)
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("The settings file has a fault: {}.", error.message()))
    }
}
