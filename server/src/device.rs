//! What a PUT does to a device: create, ignore, note, or change, in one transaction with the welcome.

use crate::error::Error;
use crate::limiter::Act;
use crate::secret;
use crate::state::App;
use crate::store::devices::Known;
use crate::store::{Connection, consents, devices, lock};
use crate::users;
use crate::welcome;
use crate::wire::device::{DeviceState, Put, SubscriptionState};

/// Stores the state; answers the revision that now holds. A lower revision changes nothing, an equal one only says
/// that the device lives, and who uses it.
///
/// # Errors
/// [`Error::OriginRequired`], [`Error::SecretWrong`], [`Error::EndpointTaken`], [`Error::EndpointGone`],
/// [`Error::Token`], [`Error::RateLimited`], [`Error::Internal`].
pub async fn put(app: &App, put: Put<'_>) -> Result<i64, Error> {
    let now = app.clock.millis();
    let mut db = app.store.write().await?;
    lock(&mut db, &["device", put.site, put.id]).await?;
    let known = known(app, &mut db, &put, now).await?;
    if put.state.revision >= known.revision {
        refuse_gone(put.state, &known)?;
    }
    if put.state.revision <= known.revision {
        heartbeat(app, &mut db, &put, &known, now).await?;
        db.commit().await?;
        return Ok(known.revision);
    }
    let owner = users::owner(app, &put, &known, now)?;
    let inherited = match &put.state.subscription {
        Some(subscription) => claim(&mut db, &put, subscription).await?,
        None => None,
    };
    devices::update(&mut db, &put, &owner, known.gone_at, now).await?;
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

/// The device so far, after checking its secret, or a new one.
async fn known(app: &App, db: &mut Connection, put: &Put<'_>, now: i64) -> Result<Known, Error> {
    match devices::find(db, put.site, put.id).await? {
        Some(known) if secret::is_same(&known.secret_hash, put.secret_hash) => Ok(known),
        Some(_) => Err(Error::SecretWrong),
        None if put.may_create => {
            app.limiter.take(Act::Create, put.client, put.site)?;
            devices::create(db, put.site, put.id, put.secret_hash, now).await?;
            Ok(Known::new(put.secret_hash))
        }
        None => Err(Error::OriginRequired),
    }
}

/// A heartbeat too: the browser cannot know that its push service has forgotten it.
fn refuse_gone(state: &DeviceState, known: &Known) -> Result<(), Error> {
    let offered = state.subscription.as_ref().map(|subscription| secret::hash(&subscription.endpoint));
    if offered.is_some() && offered == known.gone_endpoint { Err(Error::EndpointGone) } else { Ok(()) }
}

/// Notes that the device was here. Of an older state nothing else counts.
async fn heartbeat(app: &App, db: &mut Connection, put: &Put<'_>, known: &Known, now: i64) -> Result<(), Error> {
    if put.state.revision == known.revision && users::is_confirmed(app, put, known)? {
        devices::confirm(db, put.site, put.id, now).await?;
    }
    devices::seen(db, put.site, put.id, now).await?;
    Ok(())
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
