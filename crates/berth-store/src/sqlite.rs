//! SQLite: connections and the copy before a change of schema.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};

use crate::StoreError;

/// How long a statement waits for another process (a backup, an administrator's shell).
const BUSY: Duration = Duration::from_secs(10);
/// How long a caller waits for its turn to write.
const TURN: Duration = Duration::from_secs(30);
const READERS: u32 = 4;

/// Opens the one connection that writes, and makes the file if there is none.
pub(crate) async fn writer(path: &Path) -> Result<SqlitePool, StoreError> {
    make_private(path)?;
    SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(TURN)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options(path).journal_mode(SqliteJournalMode::Wal))
        .await
        .map_err(StoreError::Open)
}

/// Opens connections that cannot write.
pub(crate) async fn readers(path: &Path) -> Result<SqlitePool, StoreError> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN)
        .connect_with(options(path).pragma("query_only", "ON"))
        .await
        .map_err(StoreError::Open)
}

pub(crate) async fn has_sealed_rows(path: &Path) -> Result<bool, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() == 0 => return Ok(false),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
    }
    let mut connection = options(path).connect().await.map_err(StoreError::Open)?;
    let tables: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'secret'",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(StoreError::query)?;
    let mut rows = 0_i64;
    if tables > 0 {
        rows = sqlx::query_scalar("SELECT COUNT(*) FROM secret")
            .fetch_one(&mut connection)
            .await
            .map_err(StoreError::query)?;
    }
    connection.close().await.map_err(StoreError::query)?;
    Ok(rows > 0)
}

/// Copies the database beside itself and returns the copy's path.
///
/// The copy has its final name only when it is complete and on the disk.
pub(crate) async fn back_up(
    writer: &SqlitePool,
    path: &Path,
    schema: i64,
) -> Result<PathBuf, StoreError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { path, source }
    };
    let copy = beside(path, &format!(".schema-{schema}.backup"));
    let partial = beside(path, &format!(".schema-{schema}.backup.partial"));
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(io(&partial)(error));
        }
        _ => {}
    }
    // SQLite fills an empty file that is there and keeps its mode.
    make_private(&partial)?;
    let Some(name) = partial.to_str() else {
        let why = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path is not UTF-8");
        return Err(io(&partial)(why));
    };
    sqlx::query("VACUUM INTO $1").bind(name).execute(writer).await.map_err(StoreError::query)?;
    fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(io(&partial))?;
    fs::rename(&partial, &copy).map_err(io(&copy))?;
    let folder = copy.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder))?;
    Ok(copy)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// Makes the file if there is none, and takes it away from everybody but its owner. The files that
/// SQLite puts beside it (`-wal`, `-shm`) get the same mode from SQLite.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(io)?;
    file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(io)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
