//! What a PUT does to a device: create, ignore, note, or change, in one transaction with the welcome.

use crate::error::Error;
use crate::limiter::Act;
use crate::secret;
use crate::state::App;
use crate::store::consents::Witness;
use crate::store::devices::Known;
use crate::store::{Connection, consents, devices, erasures, lock};
use crate::users::{self, Verdict};
use crate::welcome;
use crate::wire::device::{DeviceState, Put, SubscriptionState};

/// What a PUT came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The revision that now holds.
    pub revision: i64,
    /// Whether the PUT names an earlier user of the device, who did not take it over.
    pub is_suspended: bool,
}

/// Stores the state. A lower revision changes nothing, an equal one only says that the device lives, and who uses it.
///
/// # Errors
/// [`Error::OriginRequired`], [`Error::SecretWrong`], [`Error::DeviceErased`], [`Error::EndpointTaken`], [`Error::EndpointGone`],
/// [`Error::Token`], [`Error::RateLimited`], [`Error::Internal`].
pub async fn put(app: &App, put: Put<'_>) -> Result<Outcome, Error> {
    let now = app.clock.millis();
    let mut db = app.store.write().await?;
    lock(&mut db, &["device", put.site, put.id]).await?;
    let known = known(app, &mut db, &put, now).await?;
    if put.state.revision >= known.revision {
        refuse_gone(put.state, &known)?;
    }
    if put.state.revision < known.revision {
        write_down(app, &mut db, &put, known.user_id.as_deref(), now).await?;
        devices::seen(&mut db, put.site, put.id, now).await?;
        db.commit().await?;
        return Ok(Outcome { revision: known.revision, is_suspended: false });
    }
    let Verdict { owner, is_suspended } = users::decide(app, &mut db, &put, &known, now).await?;
    let outcome = Outcome { revision: put.state.revision, is_suspended };
    // A suspended user is not the owner, and has not proven who he is: what he answers speaks for neither.
    let user = owner.user.as_deref().filter(|_| !is_suspended);
    write_down(app, &mut db, &put, user, now).await?;
    if put.state.revision == known.revision {
        if owner != known.owner() {
            devices::own(&mut db, put.site, put.id, &owner).await?;
        }
        devices::seen(&mut db, put.site, put.id, now).await?;
        db.commit().await?;
        return Ok(outcome);
    }
    let inherited = match &put.state.subscription {
        Some(subscription) => claim(&mut db, &put, subscription).await?,
        None => None,
    };
    devices::update(&mut db, &put, &owner, known.gone_at, now).await?;
    let queued =
        put.state.subscription.is_some() && welcome::queue(app, &mut db, put.site, put.id, inherited, now).await?;
    db.commit().await?;
    if queued {
        app.queued.notify_one();
    }
    Ok(outcome)
}

/// The device so far, after checking its secret, or a new one.
async fn known(app: &App, db: &mut Connection, put: &Put<'_>, now: i64) -> Result<Known, Error> {
    match devices::find(db, put.site, put.id).await? {
        Some(known) if secret::is_same(&known.secret_hash, put.secret_hash) => Ok(known),
        Some(_) => Err(Error::SecretWrong),
        None if erasures::is_erased(db, put.site, put.id).await? => Err(Error::DeviceErased),
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

/// Adds the consent entries to the ledger: those of an older state too, because nobody sends them again.
async fn write_down(app: &App, db: &mut Connection, put: &Put<'_>, user: Option<&str>, now: i64) -> Result<(), Error> {
    if put.state.consent_entries.is_empty() {
        return Ok(());
    }
    let privacy = serde_json::to_string(&app.site(put.site)?.privacy).map_err(|_| Error::Internal)?;
    let witness = Witness { site: put.site, device: put.id, user, privacy: &privacy, received_at: now };
    for entry in &put.state.consent_entries {
        consents::add(db, &witness, entry).await?;
    }
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
