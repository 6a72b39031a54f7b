//! Everything that is kept, in one database: a file of `SQLite`, or a `PostgreSQL` server. SQL is written for both alike:
//! `$1` placeholders, text and big integers only, `ON CONFLICT`.
#![allow(clippy::missing_errors_doc)] // every function fails with the database's own error, and only with it

pub mod answers;
pub mod audience;
pub mod batch;
mod buttons;
pub mod consents;
pub mod conversions;
pub mod devices;
pub mod earlier;
pub mod erasures;
pub mod exports;
pub mod facts;
pub mod funnel;
mod group;
pub mod landings;
pub mod lists;
mod lock;
mod many;
pub mod messages;
mod place;
pub mod reports;
pub mod results;
pub mod sends;
pub mod sweep;
mod transaction;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub use group::{Group, NotWritten, Write};
pub use lock::{lock, share};
pub use place::{PATIENCE, Place};
pub use transaction::Transaction;

/// The database in use: either of the two.
pub type Database = sqlx::Any;
/// One connection, or a transaction on it.
pub type Connection = sqlx::AnyConnection;
type Pool = sqlx::Pool<Database>;

/// The open database.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    place: Place,
    /// Whose turn it is to write; only with a file, which has one writer at a time.
    turn: Option<Arc<Semaphore>>,
}

impl Store {
    /// Opens the database, makes the file when it is missing, and brings the tables up to date.
    ///
    /// # Errors
    /// The database's own, when it cannot be reached or holds something else.
    pub async fn open(place: &Place) -> Result<Self, sqlx::Error> {
        let pool = place.open().await?;
        let turn = place.is_file().then(|| Arc::new(Semaphore::new(1)));
        Ok(Self { pool, place: place.clone(), turn })
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Whether no other server uses it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.place.is_file()
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When none comes free in time.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Database>, sqlx::Error> {
        self.pool.acquire().await
    }

    /// A transaction that writes. On a file writers stand in line here, because waiting for `SQLite`'s lock is sleeping
    /// and asking again; and the lock is taken at once, because a reader that becomes a writer later fails
    /// (`SQLITE_BUSY_SNAPSHOT`) instead of waiting. On a server they run side by side: see [`lock`].
    ///
    /// # Errors
    /// When no connection, or the lock, comes free in time.
    pub async fn write(&self) -> Result<Transaction, sqlx::Error> {
        let turn = match &self.turn {
            Some(turn) => turn.clone().acquire_owned().await.ok(),
            None => None,
        };
        let begin = if self.turn.is_some() { "BEGIN IMMEDIATE" } else { "BEGIN" };
        Ok(Transaction::new(self.pool.begin_with(begin).await?, turn))
    }

    /// Asks the database whether it is there.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(drop)
    }

    /// Finishes what runs and closes the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
