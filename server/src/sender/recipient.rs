//! A send for a user goes to the very user it was written for, or to nobody.

use super::lot::Job;
use crate::push::outcome::Outcome;
use crate::state::App;
use crate::store::sends;

/// Whether a send may go out now: not to a device that was erased since it was taken. For one with a user the device is looked at again at the last moment: it may have
/// changed hands while the send was waiting.
///
/// # Errors
/// What becomes of the send instead.
pub async fn check(app: &App, job: &Job) -> Result<(), Outcome> {
    if app.just_erased.contains(&job.send.site, &job.send.device_id) {
        return Err(Outcome::Failed("erased"));
    }
    let is_personal = job.message.as_ref().is_some_and(|message| message.personal == 1);
    if job.send.user_id.is_none() && !is_personal {
        return Ok(());
    }
    let unread = |_| Outcome::Retry(None, "database_away");
    let mut db = app.store.read().await.map_err(unread)?;
    let recipient = sends::recipient(&mut db, job.send.seq).await.map_err(unread)?;
    let recipient = recipient.ok_or(Outcome::Failed("erased"))?;
    if recipient.user_id.is_none() || recipient.user_id != job.send.user_id {
        return Err(Outcome::Failed("other_user"));
    }
    if is_personal && recipient.endpoint.is_some() && recipient.personal_from.is_none() {
        return Err(Outcome::Failed("not_identified"));
    }
    // It is taken again with the new address: one that has just been proven, where it matters.
    if recipient.endpoint == job.send.endpoint { Ok(()) } else { Err(Outcome::Retry(None, "endpoint_changed")) }
}
