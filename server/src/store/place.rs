//! Where the database is, and how it is opened: a file of `SQLite`, or a `PostgreSQL` server.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use url::Url;

use super::{Connection, Pool};
use crate::settings::{DatabaseUrl, Settings};

/// The file in the data folder.
const FILE: &str = "softbell.db";
/// How long a request waits for a connection.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Connections to a file: one writes, the others read beside it.
const FILE_CONNECTIONS: u32 = 4;
/// Connections to a server, of each process.
const SERVER_CONNECTIONS: u32 = 10;
/// WAL: readers do not wait for the writer. FULL: an acknowledged report survives a power cut. The five seconds are
/// for other processes; this one's writers stand in line (see [`super::Store::write`]).
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON";
/// The one thing that the two databases spell differently, in migrations.
const IDENTITY: (&str, &str) = ("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of `SQLite`, for one server.
    File(PathBuf),
    /// A `PostgreSQL` database, for any number of servers.
    Server(DatabaseUrl),
}

impl Place {
    /// What the settings say: the file in the data folder, unless there is a `database`.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        match &settings.database {
            Some(url) => Self::Server(url.clone()),
            None => Self::File(settings.data_dir.join(FILE)),
        }
    }

    /// For people and logs.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::File(path) => path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string(),
            Self::Server(url) => url.shown(),
        }
    }

    /// Makes what is missing, brings the tables up to date, and gives connections.
    pub(super) async fn open(&self) -> Result<Pool, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let options = self.options()?;
        // Connected by itself first: the pool would try again for a while, and then not say why it failed.
        let mut first = options.connect().await?;
        first.execute(self.habits()).await?;
        self.migrations().run(&mut first).await?;
        first.close().await?;
        let habits = self.habits();
        let connections = if self.is_file() { FILE_CONNECTIONS } else { SERVER_CONNECTIONS };
        Ok(AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .after_connect(move |db: &mut Connection, _| Box::pin(async move { db.execute(habits).await.map(drop) }))
            .connect_lazy_with(options))
    }

    /// Whether no other process uses it.
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// What every connection is told at its beginning.
    fn habits(&self) -> &'static str {
        if self.is_file() { PRAGMAS } else { "SET client_min_messages = warning" }
    }

    fn options(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        match self {
            Self::File(path) => {
                for_owner_only(path)?;
                AnyConnectOptions::from_url(&file_url(path)?)
            }
            Self::Server(url) => url.secret().parse(),
        }
    }

    /// The tables, in the words of this database.
    fn migrations(&self) -> Migrator {
        let mut migrator = sqlx::migrate!();
        if !self.is_file() {
            migrator.migrations = migrator.migrations.iter().map(in_words_of_postgres).collect();
        }
        migrator
    }
}

fn in_words_of_postgres(migration: &Migration) -> Migration {
    let sql = migration.sql.as_str().replace(IDENTITY.0, IDENTITY.1);
    Migration::new(
        migration.version,
        migration.description.clone(),
        migration.migration_type,
        sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql)),
        migration.no_tx,
    )
}

/// Makes the file, or takes it from everybody else: it holds endpoints. `SQLite` gives its side files the same mode.
fn for_owner_only(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// `sqlite:///…`, with everything escaped that an address gives a meaning to.
fn file_url(path: &Path) -> Result<Url, sqlx::Error> {
    let unusable = || sqlx::Error::Configuration("the path of the database cannot be used".into());
    let file = Url::from_file_path(std::path::absolute(path)?).map_err(|()| unusable())?;
    let text = file.as_str().strip_prefix("file:").ok_or_else(unusable)?;
    Url::parse(&format!("sqlite:{text}")).map_err(|_| unusable())
}
