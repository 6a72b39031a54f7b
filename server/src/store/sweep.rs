//! Deleting what is too old, a little at a time.

use super::{Connection, lock};

/// Rows of a table that are looked at in one step.
const ROWS: i64 = 1000;

/// One step; answers how many rows it deleted. Reports and sends come in the order of their numbers, so that the oldest are
/// found without looking at the others.
pub async fn step(db: &mut Connection, before: i64) -> Result<u64, sqlx::Error> {
    // Two servers that delete the same rows could wait for each other.
    lock(db, &["sweep"]).await?;
    let mut count = 0;
    for sql in [
        "DELETE FROM reports WHERE received_at < $1 AND seq IN (SELECT seq FROM reports ORDER BY seq LIMIT $2)",
        "DELETE FROM sends WHERE created_at < $1 AND state <> 'queued'
           AND seq IN (SELECT seq FROM sends ORDER BY seq LIMIT $2)",
    ] {
        count += sqlx::query(sql).bind(before).bind(ROWS).execute(&mut *db).await?.rows_affected();
    }
    if count == 0 { messages(db, before).await } else { Ok(count) }
}

/// Messages go after the last of their sends. Welcomes stay, because they are sent again and again.
async fn messages(db: &mut Connection, before: i64) -> Result<u64, sqlx::Error> {
    sqlx::query(
        "DELETE FROM messages WHERE (site, id) IN (
           SELECT site, id FROM messages WHERE kind <> 'welcome' AND created_at < $1
             AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.site = messages.site AND s.message_id = messages.id)
           LIMIT $2)",
    )
    .bind(before)
    .bind(ROWS)
    .execute(db)
    .await
    .map(|done| done.rows_affected())
}
