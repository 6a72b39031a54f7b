//! Erasing a device or a user, on request of the visitor or of the admin.
//!
//! A line of the consent ledger stays, without device, user and reason: the site must be able to show how it asks, and
//! what was answered (GDPR, Art. 7(1) and 17(3)(e)). Who kept an export finds his line by the entry's id; nobody finds him
//! by the line.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::error::Error;
use crate::state::App;
use crate::store::consents::{self, Filter, Line};
use crate::store::erasures;
use crate::store::exports::Whose;
use crate::store::{Connection, devices, landings, lock};

/// How long an erased device is remembered for the sends that were taken before, in milliseconds: more than their lease.
const REMEMBERED: i64 = 5 * 60_000;
/// Lines of the ledger that are looked at together.
const LINES: i64 = 500;

/// Devices erased a moment ago, so that sends under way in this process stop. Those of another process on the same
/// database end with their lease.
#[derive(Default)]
pub struct JustErased(Mutex<HashMap<(String, String), i64>>);

impl JustErased {
    fn add(&self, site: &str, device: &str, now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, at| *at > now - REMEMBERED);
        all.insert((site.to_owned(), device.to_owned()), now);
    }

    /// Whether a device is one of them.
    #[must_use]
    pub fn contains(&self, site: &str, device: &str) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Almost always there is none, and then no key need be made.
        !all.is_empty() && all.contains_key(&(site.to_owned(), device.to_owned()))
    }
}

/// Erases a device; false when there is none.
///
/// # Errors
/// [`Error::Internal`]; then nothing is erased.
pub async fn device(app: &App, site: &str, id: &str) -> Result<bool, Error> {
    device_of(app, site, id, None).await
}

/// The same, but only while the device is this user's, if one is named: it may have changed hands a moment ago.
///
/// # Errors
/// [`Error::Internal`]; then nothing is erased.
pub async fn device_of(app: &App, site: &str, id: &str, user: Option<&str>) -> Result<bool, Error> {
    let now = app.clock.millis();
    let mut db = app.store.write().await?;
    lock(&mut db, &["device", site, id]).await?;
    // A message that is being queued for it is queued first: see `message.rs`.
    lock(&mut db, &["queue", site]).await?;
    // Reports that are being stored are stored first, and later ones find it erased: see `batch.rs`.
    lock(&mut db, &["reports", site]).await?;
    let owner = devices::find(&mut db, site, id).await?.and_then(|known| known.user_id);
    if user.is_some() && user != owner.as_deref() {
        return Ok(false);
    }
    erasures::sends(&mut db, site, Whose::Device(id)).await?;
    landings::erase(&mut db, site, Whose::Device(id)).await?;
    erasures::reports(&mut db, site, Whose::Device(id)).await?;
    lines(&mut db, site, &Filter { device: Some(id.to_owned()), ..Filter::default() }, now).await?;
    if !erasures::device(&mut db, site, id).await? {
        return Ok(false);
    }
    erasures::remember(&mut db, site, id, now).await?;
    db.commit().await?;
    app.just_erased.add(site, id, now);
    Ok(true)
}

/// Erases a user: the devices that he has, and what says on those of others that he had them.
///
/// # Errors
/// [`Error::Internal`]; then it can be asked for again.
pub async fn user(app: &App, site: &str, user: &str) -> Result<(), Error> {
    let devices = {
        let mut db = app.store.read().await?;
        erasures::devices_of(&mut db, site, user).await?
    };
    for id in devices {
        device_of(app, site, &id, Some(user)).await?;
    }
    let mut db = app.store.write().await?;
    erasures::sends(&mut db, site, Whose::User(user)).await?;
    landings::erase(&mut db, site, Whose::User(user)).await?;
    erasures::reports(&mut db, site, Whose::User(user)).await?;
    erasures::earlier_user(&mut db, site, user).await?;
    lines(&mut db, site, &Filter { user: Some(user.to_owned()), ..Filter::default() }, app.clock.millis()).await?;
    db.commit().await?;
    Ok(())
}

/// Takes the person out of lines of the ledger.
async fn lines(db: &mut Connection, site: &str, filter: &Filter, now: i64) -> Result<(), Error> {
    let mut filter = filter.clone();
    loop {
        let lines = consents::list(db, site, &filter, LINES).await?;
        let Some(last) = lines.last() else { return Ok(()) };
        filter.after = last.seq;
        for line in &lines {
            consents::erase(db, line.seq, &without_reason(line), now).await?;
        }
    }
}

/// The visitor's own words may say anything about him.
fn without_reason(line: &Line) -> String {
    match serde_json::from_str(&line.entry) {
        Ok(Value::Object(mut entry)) => {
            entry.remove("reason");
            Value::Object(entry).to_string()
        }
        _ => "{}".to_owned(),
    }
}
