//! What every part of the running server shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::erase::JustErased;
use crate::error::Error;
use crate::limiter::Limiter;
use crate::metrics::Metrics;
use crate::push::signer::Signer;
use crate::secret;
use crate::secrets::Secrets;
use crate::settings::{Network, Settings, Site};
use crate::store::batch::Batch;
use crate::store::{Group, Store, devices};
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
    /// How long reports, sends and messages are kept; 0: for ever.
    pub keep_days: u32,
    /// Counts requests.
    pub limiter: Limiter,
    /// The keys that prove the users of each site.
    pub user_keys: BTreeMap<String, UserKeys>,
    /// Signs pushes.
    pub signer: Signer,
    /// Sign pushes to subscriptions that were made with earlier keys.
    pub earlier_signers: Vec<Signer>,
    /// Seals report tokens.
    pub tokens: TokenKey,
    /// SHA-256 of the admin secret, base64url.
    pub admin_hash: String,
    /// The time.
    pub clock: Clock,
    /// Devices erased a moment ago.
    pub just_erased: JustErased,
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
            keep_days: settings.keep_days,
            limiter: Limiter::new(settings.limits.clone()),
            user_keys: settings.sites.iter().filter_map(load).collect(),
            earlier_signers: secrets.vapid_previous.into_iter().map(|key| Signer::new(key, contact.clone())).collect(),
            signer: Signer::new(secrets.vapid, contact),
            tokens: TokenKey::new(&secrets.token_key),
            admin_hash: secret::hash(&secrets.admin),
            clock: Clock { offset },
            just_erased: JustErased::default(),
            queued: Notify::new(),
            stopping: watch::Sender::new(false),
            metrics: Metrics::default(),
        }))
    }

    /// Marks the subscriptions that no key here is for, so that nothing is sent to them, and those that one is for again.
    /// Once, before anything is sent.
    ///
    /// # Errors
    /// The database's own.
    pub async fn mark_retired(&self) -> Result<(), sqlx::Error> {
        let keys: Vec<&str> = self.signers().map(Signer::public).collect();
        let mut db = self.store.write().await?;
        let count = devices::mark_retired(&mut db, &keys).await?;
        db.commit().await?;
        if count > 0 {
            tracing::info!(count, "subscriptions lost or found their VAPID key");
        }
        Ok(())
    }

    /// Who signs for subscriptions that were made with this key.
    #[must_use]
    pub fn signer_of(&self, public: &str) -> Option<&Signer> {
        self.signers().find(|signer| signer.public() == public)
    }

    fn signers(&self) -> impl Iterator<Item = &Signer> {
        core::iter::once(&self.signer).chain(&self.earlier_signers)
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
