//! Opening the control database.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use sqlx::{PgPool, SqlitePool};

use crate::arg::text;
use crate::migrate::{self, MIGRATIONS};
use crate::record::Source;
use crate::{Key, StoreError, Tx, postgres, sqlite};

/// Where the control database is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A file on a local disk. One process at a time.
    Sqlite(PathBuf),
    /// A URL, `postgres://user:password@host/database`.
    Postgres(SecretString),
}

/// What protects the data while the schema changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backup {
    /// Somebody vouches for a backup; none is made.
    pub taken: bool,
    /// Where a dump of a PostgreSQL database goes. `None`: none can be made, so a change of the
    /// schema is refused unless `taken`. SQLite is always copied beside itself.
    pub folder: Option<PathBuf>,
}

/// The control database.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    key: Arc<Key>,
}

#[derive(Debug, Clone)]
pub(crate) enum Db {
    /// One writer, because SQLite has one; any number of readers beside it.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

const SECRET: Source = Source { table: "secret", key: "owner" };

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// `backup_taken` as in [`Backup`]; without it a PostgreSQL database that needs another schema
    /// is refused. Use [`Store::open_with`] to have it dumped.
    pub async fn open(
        location: &Location,
        key: Key,
        backup_taken: bool,
    ) -> Result<Self, StoreError> {
        Self::open_with(location, key, &Backup { taken: backup_taken, folder: None }).await
    }

    /// Opens the database and brings its schema up to date, after a backup if that changes it.
    ///
    /// Fails with [`StoreError::NewerSchema`] before anything is written when a newer version of
    /// Berth was here, and with [`StoreError::WrongKey`] when `key` cannot open what is sealed.
    pub async fn open_with(
        location: &Location,
        key: Key,
        backup: &Backup,
    ) -> Result<Self, StoreError> {
        let db = match location {
            Location::Sqlite(path) => {
                let writer = sqlite::writer(path).await?;
                migrate::sqlite(&writer, path, MIGRATIONS, backup).await?;
                let readers = sqlite::readers(path).await?;
                Db::Sqlite { writer, readers }
            }
            Location::Postgres(url) => {
                let pool = postgres::pool(url).await?;
                migrate::postgres(&pool, url, MIGRATIONS, backup).await?;
                Db::Postgres(pool)
            }
        };
        let store = Self { db, key: Arc::new(key) };
        store.check_key().await?;
        Ok(store)
    }

    /// Opens a database that another process is at work on, and leaves its schema alone.
    ///
    /// Fails with [`StoreError::OlderSchema`] or [`StoreError::NewerSchema`] when that is not this
    /// version's, and with [`StoreError::WrongKey`] as [`Store::open_with`] does.
    pub async fn join(location: &Location, key: Key) -> Result<Self, StoreError> {
        let db = match location {
            Location::Sqlite(path) => {
                let readers = sqlite::readers(path).await?;
                let writer = sqlite::writer(path).await?;
                Db::Sqlite { writer, readers }
            }
            Location::Postgres(url) => Db::Postgres(postgres::pool(url).await?),
        };
        let store = Self { db, key: Arc::new(key) };
        store.check_schema().await?;
        store.check_key().await?;
        Ok(store)
    }

    /// Finds out whether [`Store::open_with`] could succeed, without changing anything.
    ///
    /// A database that does not exist yet is fine, and so is one with an older schema.
    pub async fn check(location: &Location, key: Key) -> Result<(), StoreError> {
        if let Location::Sqlite(path) = location
            && !std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0)
        {
            return Ok(());
        }
        let db = match location {
            Location::Sqlite(path) => {
                let readers = sqlite::readers(path).await?;
                Db::Sqlite { writer: readers.clone(), readers }
            }
            Location::Postgres(url) => Db::Postgres(postgres::pool(url).await?),
        };
        let store = Self { db, key: Arc::new(key) };
        let checked = match store.check_schema().await {
            Err(StoreError::OlderSchema { found: 0, .. }) => Ok(()),
            Ok(()) | Err(StoreError::OlderSchema { .. }) => store.check_key().await,
            Err(error) => Err(error),
        };
        store.close().await;
        checked
    }

    /// Whether the schema is still this version's: another process may have changed it.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let applied = match &self.db {
            Db::Sqlite { readers, .. } => migrate::applied_sqlite(readers).await?,
            Db::Postgres(pool) => migrate::applied_postgres(pool).await?,
        };
        match migrate::pending(MIGRATIONS, &applied)? {
            [] => Ok(()),
            [.., last] => Err(StoreError::OlderSchema {
                found: applied.last().map_or(0, |(version, _)| *version),
                known: last.version,
            }),
        }
    }

    /// Whether other processes may be at work on the same database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
    }

    /// Whether the database holds sealed secrets, so that their key must be there too.
    ///
    /// A database that does not exist yet holds none. Changes nothing.
    pub async fn has_sealed_rows(location: &Location) -> Result<bool, StoreError> {
        match location {
            Location::Sqlite(path) => sqlite::has_sealed_rows(path).await,
            Location::Postgres(url) => postgres::has_sealed_rows(url).await,
        }
    }

    /// Begins a transaction that writes.
    ///
    /// On SQLite there is one at a time; the next caller waits for it.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let key = Arc::clone(&self.key);
        match &self.db {
            Db::Sqlite { writer, .. } => {
                let begun = writer.begin_with("BEGIN IMMEDIATE").await;
                begun.map(|transaction| Tx::sqlite(transaction, key)).map_err(StoreError::query)
            }
            Db::Postgres(pool) => {
                // Said in full: whoever was dropped while their transaction began leaves a connection in it
                // (sqlx 0.9 takes back only what it knows to have begun), and it may have been one that only
                // reads. Before its first query it can still become another.
                let begun =
                    pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await;
                begun
                    .map(|transaction| Tx::postgres(transaction, key))
                    .map_err(StoreError::begin_at_a_server)
            }
        }
        .map(Tx::writing)
    }

    /// Begins a transaction that only reads, and sees one instant throughout.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let key = Arc::clone(&self.key);
        match &self.db {
            Db::Sqlite { readers, .. } => {
                let begun = readers.begin().await;
                begun.map(|transaction| Tx::sqlite(transaction, key)).map_err(StoreError::query)
            }
            Db::Postgres(pool) => {
                let begun =
                    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await;
                begun
                    .map(|transaction| Tx::postgres(transaction, key))
                    .map_err(StoreError::begin_at_a_server)
            }
        }
    }

    /// Waits for open transactions and closes every connection.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }

    async fn check_key(&self) -> Result<(), StoreError> {
        let sql = "SELECT owner, value
                   FROM secret
                   WHERE value NOT LIKE $1
                   LIMIT 1";
        let mut tx = self.read().await?;
        let pattern = text(format!("{}%", self.key.prefix()));
        let Some(record) = tx.first(SECRET, sql, vec![pattern]).await? else { return Ok(()) };
        let value = record.text("value")?;
        let found = value.split(':').nth(1).unwrap_or_default().to_owned();
        Err(StoreError::WrongKey { found, given: self.key.id().to_owned() })
    }
}
