//! Personal messages go to the very user they were written for, or to nobody.

use super::lot::Job;
use crate::push::outcome::Outcome;
use crate::state::App;
use crate::store::sends;

/// Whether a send may go out now. For a personal one the device is looked at again at the last moment: it may have
/// changed hands while the send was waiting.
///
/// # Errors
/// What becomes of the send instead.
pub async fn check(app: &App, job: &Job) -> Result<(), Outcome> {
    if job.message.as_ref().is_none_or(|message| message.personal == 0) {
        return Ok(());
    }
    let unread = |_| Outcome::Retry(None, "database_away");
    let mut db = app.store.read().await.map_err(unread)?;
    let recipient = sends::recipient(&mut db, job.send.seq).await.map_err(unread)?;
    if recipient.user_id.is_none() || recipient.user_id != recipient.meant_for {
        return Err(Outcome::Failed("other_user"));
    }
    if recipient.endpoint.is_some() && recipient.personal_from.is_none() {
        return Err(Outcome::Failed("not_identified"));
    }
    // It is taken again with the new address, which has just been proven.
    if recipient.endpoint == job.send.endpoint { Ok(()) } else { Err(Outcome::Retry(None, "endpoint_changed")) }
}
