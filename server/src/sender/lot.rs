//! Sends that are taken from the queue, and waiting for a connection.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::landing;
use crate::push::client::EXCHANGE;
use crate::secret;
use crate::state::App;
use crate::store::messages::{self, Message};
use crate::store::sends::{self, Send};
use crate::store::{Connection, PATIENCE, landings};

/// Sends of a lot at most: few, so that several servers share a short queue too.
const LOT: usize = 256;
/// The next lot is taken when so few are left, so that no connection waits for it.
const LOW: usize = 128;
/// How long a send is out of the queue, in milliseconds.
const LEASE: i64 = 60_000;
/// What must be left of it when the send begins: longer than it takes to look a recipient up and to send.
const MARGIN: i64 = 30_000;
const _: () = assert!((PATIENCE.as_millis() + EXCHANGE.as_millis()) < MARGIN.unsigned_abs() as u128);
/// The longest sleep, in milliseconds: other servers may have queued something, and clocks are set back.
const LONGEST_SLEEP: i64 = 10_000;
/// Pause after the database failed.
const PAUSE: Duration = Duration::from_secs(5);

/// By site and id.
type Messages = BTreeMap<(String, String), Arc<Message>>;

/// A send, and what it says; `None` when the message is not there.
pub struct Job {
    pub send: Send,
    pub message: Option<Arc<Message>>,
    /// When it is anybody's again, in milliseconds since 1970.
    pub lease: i64,
}

/// What is taken.
#[derive(Default)]
pub struct Lot(VecDeque<Job>);

impl Lot {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next send that is still ours for long enough.
    pub fn next(&mut self, now: i64) -> Option<Job> {
        std::iter::from_fn(|| self.0.pop_front()).find(|job| job.lease - now > MARGIN)
    }
}

/// The queue in the database, and what is taken from it.
pub struct Queue {
    app: App,
    pub lot: Lot,
    /// A lot that is on its way. A task, because a lot that is taken must not be dropped half way.
    ordered: Option<JoinHandle<Result<Vec<Job>, sqlx::Error>>>,
    /// Whether nothing more was due when the last lot was taken.
    is_empty: bool,
}

impl Queue {
    /// Takes up what a killed server left behind, where that can only have been this one.
    pub async fn open(app: App) -> Self {
        if app.store.is_ours() {
            resume(&app).await.unwrap_or_else(complain);
        }
        Self { app, lot: Lot::default(), ordered: None, is_empty: false }
    }

    /// Orders a lot when there may be something to take and little is left.
    pub fn order(&mut self) {
        if self.ordered.is_none() && !self.is_empty && self.lot.0.len() <= LOW {
            self.ordered = Some(tokio::spawn(take(self.app.clone())));
        }
    }

    /// Waits for the lot that is ordered, or for something to become due.
    pub async fn news(&mut self) {
        if let Some(ordered) = &mut self.ordered {
            let taken = ordered.await;
            self.ordered = None;
            match taken {
                Ok(Ok(jobs)) => {
                    self.is_empty = jobs.len() < LOT;
                    self.lot.0.extend(jobs);
                }
                Ok(Err(error)) => {
                    complain(error);
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => tracing::error!(%error, "send queue"),
            }
        } else if self.is_empty && self.lot.is_empty() {
            rest(&self.app).await;
            self.is_empty = false;
        } else {
            // There is enough to do.
            std::future::pending::<()>().await;
        }
    }

    /// Puts back what was not begun, so that it need not wait for the end of its lease.
    pub async fn close(mut self) {
        if let Some(ordered) = self.ordered.take()
            && let Ok(Ok(jobs)) = ordered.await
        {
            self.lot.0.extend(jobs);
        }
        let seqs: Vec<i64> = self.lot.0.iter().map(|job| job.send.seq).collect();
        if !seqs.is_empty() {
            give_back(&self.app, &seqs).await.unwrap_or_else(complain);
        }
    }
}

async fn take(app: App) -> Result<Vec<Job>, sqlx::Error> {
    let id = secret::random_id().map_err(sqlx::Error::Io)?;
    let now = app.clock.millis();
    let lease = now + LEASE;
    let mut db = app.store.write().await?;
    let sends = sends::take(&mut db, &id, now, lease, i64::try_from(LOT).unwrap_or(i64::MAX)).await?;
    let said = messages_of(&mut db, &sends).await?;
    let job = |send: Send| {
        let message = said.get(&(send.site.clone(), send.message_id.clone())).cloned();
        Job { send, message, lease }
    };
    let jobs: Vec<Job> = sends.into_iter().map(job).collect();
    // Before anything goes out: a click can come back at once.
    let landing = |job: &Job| landing::of_send(&app, &job.send, job.message.as_deref()?);
    landings::add(&mut db, &jobs.iter().filter_map(landing).collect::<Vec<_>>()).await?;
    db.commit().await?;
    Ok(jobs)
}

/// What the sends say: few messages, many sends.
async fn messages_of(db: &mut Connection, sends: &[Send]) -> Result<Messages, sqlx::Error> {
    let ids: BTreeSet<_> = sends.iter().map(|send| (&send.site, &send.message_id)).collect();
    let mut messages = Messages::new();
    for (site, id) in ids {
        if let Some(message) = messages::find(db, site, id).await? {
            messages.insert((site.clone(), id.clone()), Arc::new(message));
        }
    }
    Ok(messages)
}

async fn give_back(app: &App, seqs: &[i64]) -> Result<(), sqlx::Error> {
    let mut db = app.store.write().await?;
    sends::give_back(&mut db, seqs, app.clock.millis()).await?;
    db.commit().await
}

async fn resume(app: &App) -> Result<(), sqlx::Error> {
    let mut db = app.store.write().await?;
    let count = sends::resume(&mut db, app.clock.millis()).await?;
    db.commit().await?;
    if count > 0 {
        tracing::info!(count, "sends were under way when the server ended, and go out again");
    }
    Ok(())
}

/// Waits for the bell or for the next send.
async fn rest(app: &App) {
    let next = match app.store.read().await {
        Ok(mut db) => sends::next_due(&mut db).await.unwrap_or_default(),
        Err(_) => None,
    };
    let sleep = next.map_or(LONGEST_SLEEP, |due| (due - app.clock.millis()).clamp(10, LONGEST_SLEEP));
    let sleep = Duration::from_millis(sleep.unsigned_abs());
    // Rung or not, the queue is looked at next.
    let _ = tokio::time::timeout(sleep, app.queued.notified()).await;
}

#[allow(clippy::needless_pass_by_value)] // takes what `unwrap_or_else` gives
fn complain(error: sqlx::Error) {
    tracing::error!(%error, "send queue");
}

#[cfg(test)]
mod tests {
    use super::{Job, Lot, MARGIN, Send};

    fn job(seq: i64, lease: i64) -> Job {
        let text = String::new;
        let (site, message_id, device_id) = (text(), text(), text());
        let (user_id, snoozed_until, endpoint, p256dh, auth, vapid) = Default::default();
        let (attempts, expires_at) = (0, 0);
        let send = Send {
            seq,
            site,
            message_id,
            device_id,
            attempts,
            expires_at,
            user_id,
            snoozed_until,
            endpoint,
            p256dh,
            auth,
            vapid,
        };
        Job { send, message: None, lease }
    }

    #[test]
    fn what_may_soon_be_another_servers_is_not_begun() {
        let now = 1_000_000;
        let mut lot =
            Lot([(1, MARGIN - 5), (2, MARGIN), (3, MARGIN + 1)].map(|(seq, left)| job(seq, now + left)).into());
        assert_eq!(lot.next(now).map(|job| job.send.seq), Some(3));
        assert!(lot.is_empty() && lot.next(now).is_none());
    }
}
