//! What every part of the running server shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::error::Error;
use crate::limiter::Limiter;
use crate::metrics::Metrics;
use crate::push::signer::Signer;
use crate::secret;
use crate::secrets::Secrets;
use crate::settings::{Network, Settings, Site};
use crate::store::batch::Batch;
use crate::store::{Group, Store};
use crate::wire::token::TokenKey;
use crate::wire::user_token::UserKeys;

/// The shared parts; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Stores reports.
    pub reports: Group<Batch>,
    /// The sites by id.
    pub sites: BTreeMap<String, Site>,
    /// Allowed push service hosts.
    pub push_hosts: Vec<String>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Counts requests.
    pub limiter: Limiter,
    /// The keys that prove the users of each site.
    pub user_keys: BTreeMap<String, UserKeys>,
    /// Signs pushes.
    pub signer: Signer,
    /// Seals report tokens.
    pub tokens: TokenKey,
    /// SHA-256 of the admin secret, base64url.
    pub admin_hash: String,
    /// The time.
    pub clock: Clock,
    /// Rung when the send queue has news.
    pub queued: Notify,
    /// True when the server stops: answers without an end then end.
    pub stopping: watch::Sender<bool>,
    /// Counts for `/metrics`.
    pub metrics: Metrics,
}

impl App {
    /// Puts the parts together, within a runtime: some of them are tasks. `contact`: see [`Settings::contact`].
    #[must_use]
    pub fn new(settings: &Settings, secrets: Secrets, store: Store) -> Self {
        let contact = settings.contact.clone().unwrap_or_else(|| "mailto:lab@localhost".to_owned());
        let offset = settings.lab.as_ref().map_or(0, |lab| lab.clock_offset.saturating_mul(1000));
        // The check of the settings refused keys that do not load; left out, they prove nobody.
        let load = |(name, site): (&String, &Site)| Some((name.clone(), UserKeys::load(&site.keys).ok()?));
        Self(Arc::new(Parts {
            reports: Group::start(store.clone()),
            store,
            sites: settings.sites.clone(),
            push_hosts: settings.push_hosts.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            limiter: Limiter::new(settings.limits.clone()),
            user_keys: settings.sites.iter().filter_map(load).collect(),
            signer: Signer::new(secrets.vapid, contact),
            tokens: TokenKey::new(&secrets.token_key),
            admin_hash: secret::hash(&secrets.admin),
            clock: Clock { offset },
            queued: Notify::new(),
            stopping: watch::Sender::new(false),
            metrics: Metrics::default(),
        }))
    }

    /// A site's settings.
    ///
    /// # Errors
    /// [`Error::SiteUnknown`].
    pub fn site(&self, id: &str) -> Result<&Site, Error> {
        self.sites.get(id).ok_or(Error::SiteUnknown)
    }
}

impl core::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
