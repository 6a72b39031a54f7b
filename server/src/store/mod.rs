//! Everything that is kept, in one database. SQL is written for `SQLite` and `PostgreSQL` alike: `$1` placeholders, text
//! and big integers only, `ON CONFLICT`.
#![allow(clippy::missing_errors_doc)] // every function fails with the database's own error, and only with it

pub mod consents;
pub mod devices;
pub mod messages;
pub mod reports;
pub mod sends;

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// The database in use.
pub type Database = sqlx::Sqlite;
/// One connection, or a transaction on it.
pub type Connection = sqlx::SqliteConnection;
/// A transaction that holds the right to write.
pub type Transaction = sqlx::Transaction<'static, Database>;

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(5);
/// Connections: one writes, the others read beside it.
const CONNECTIONS: u32 = 4;

/// The open database.
#[derive(Clone)]
pub struct Store(SqlitePool);

impl Store {
    /// Opens the file, makes it when it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// The database's own, when the file cannot be opened or holds something else.
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged report must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self(pool))
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When none comes free in time.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Database>, sqlx::Error> {
        self.0.acquire().await
    }

    /// A transaction that writes. It takes the write lock at once, because a reader that becomes a writer later
    /// fails in `SQLite` (`SQLITE_BUSY_SNAPSHOT`) instead of waiting.
    ///
    /// # Errors
    /// When the lock does not come free in time.
    pub async fn write(&self) -> Result<Transaction, sqlx::Error> {
        self.0.begin_with("BEGIN IMMEDIATE").await
    }

    /// Asks the database whether it is there.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT 1").execute(&self.0).await.map(drop)
    }

    /// Finishes what runs and closes the file.
    pub async fn close(&self) {
        self.0.close().await;
    }
}
