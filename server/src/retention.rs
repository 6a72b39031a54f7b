//! Forgetting: reports, sends and messages that are older than the settings keep them.

use std::time::Duration;

use crate::state::App;
use crate::store::{landings, sweep};

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;
/// How often it is looked for.
const EVERY: Duration = Duration::from_hours(24);
/// Pause between two steps, so that others come to write.
const PAUSE: Duration = Duration::from_millis(100);

/// Sweeps once a day, until `stop`.
pub async fn run(app: App, stop: impl Future<Output = ()>) {
    let days = async {
        loop {
            if let Err(error) = sweep_all(&app).await {
                tracing::error!(%error, "old rows stay for another day");
            }
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::select! { () = stop => {}, () = days => {} }
}

/// Deletes the landings that have expired, in small steps. They have an end of their own, whatever is kept.
async fn sweep_landings(app: &App) -> Result<(), sqlx::Error> {
    loop {
        let mut db = app.store.write().await?;
        let count = landings::sweep(&mut db, app.clock.millis()).await?;
        db.commit().await?;
        if count == 0 {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Deletes everything that is too old, in small steps; answers how many rows that was.
///
/// # Errors
/// The database's own; what was deleted before stays deleted.
pub async fn sweep_all(app: &App) -> Result<u64, sqlx::Error> {
    sweep_landings(app).await?;
    if app.keep_days == 0 {
        return Ok(0);
    }
    let before = app.clock.millis() - i64::from(app.keep_days) * DAY;
    let mut all = 0;
    loop {
        let mut db = app.store.write().await?;
        let count = sweep::step(&mut db, before).await?;
        db.commit().await?;
        if count == 0 {
            break;
        }
        all += count;
        tokio::time::sleep(PAUSE).await;
    }
    if all > 0 {
        tracing::info!(count = all, "old reports, sends and messages deleted");
    }
    Ok(all)
}
