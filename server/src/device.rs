//! What a PUT does to a device: create, ignore, note, or change, in one transaction with the welcome.

use crate::error::Error;
use crate::secret;
use crate::state::App;
use crate::store::{Connection, consents, devices, lock};
use crate::welcome;
use crate::wire::device::{DeviceState, SubscriptionState};

/// A checked PUT.
#[derive(Clone, Copy)]
pub struct Put<'a> {
    /// The site's id.
    pub site: &'a str,
    /// The device's id.
    pub id: &'a str,
    /// SHA-256 of the secret, base64url.
    pub secret_hash: &'a str,
    /// The state.
    pub state: &'a DeviceState,
    /// Whether a listed origin asks, so that a device may be made.
    pub may_create: bool,
}

/// Stores the state; answers the revision that now holds. A lower revision changes nothing, an equal one only says
/// that the device lives.
///
/// # Errors
/// [`Error::OriginRequired`], [`Error::SecretWrong`], [`Error::EndpointTaken`], [`Error::Internal`].
pub async fn put(app: &App, put: Put<'_>) -> Result<i64, Error> {
    let now = app.clock.millis();
    let mut db = app.store.write().await?;
    lock(&mut db, &["device", put.site, put.id]).await?;
    let revision = known_revision(&mut db, &put, now).await?;
    if put.state.revision <= revision {
        devices::seen(&mut db, put.site, put.id, now).await?;
        db.commit().await?;
        return Ok(revision);
    }
    let inherited = match &put.state.subscription {
        Some(subscription) => claim(&mut db, &put, subscription).await?,
        None => None,
    };
    devices::update(&mut db, put.site, put.id, put.state, now).await?;
    for entry in &put.state.consent_entries {
        let hash = secret::hash(entry);
        consents::add(&mut db, put.site, put.id, &hash, entry, now).await?;
    }
    let queued =
        put.state.subscription.is_some() && welcome::queue(app, &mut db, put.site, put.id, inherited, now).await?;
    db.commit().await?;
    if queued {
        app.queued.notify_one();
    }
    Ok(put.state.revision)
}

/// The revision so far: of the device, after checking its secret, or of a new one.
async fn known_revision(db: &mut Connection, put: &Put<'_>, now: i64) -> Result<i64, Error> {
    match devices::find(db, put.site, put.id).await? {
        Some(known) if secret::is_same(&known.secret_hash, put.secret_hash) => Ok(known.revision),
        Some(_) => Err(Error::SecretWrong),
        None if put.may_create => {
            devices::create(db, put.site, put.id, put.secret_hash, now).await?;
            Ok(-1)
        }
        None => Err(Error::OriginRequired),
    }
}

/// Frees the endpoint for this device. Only the browser itself knows both keys, so with them the endpoint moves,
/// together with the welcome its holder had; without them it stays.
async fn claim(db: &mut Connection, put: &Put<'_>, subscription: &SubscriptionState) -> Result<Option<i64>, Error> {
    lock(db, &["endpoint", &subscription.endpoint]).await?;
    let Some(holder) = devices::holder(db, &subscription.endpoint).await? else { return Ok(None) };
    if holder.site == put.site && holder.id == put.id {
        return Ok(None);
    }
    let same_keys =
        secret::is_same(&holder.p256dh, &subscription.p256dh) && secret::is_same(&holder.auth, &subscription.auth);
    if !same_keys {
        return Err(Error::EndpointTaken);
    }
    devices::release(db, &holder.site, &holder.id, &subscription.endpoint, None).await?;
    Ok(holder.welcomed_at)
}
