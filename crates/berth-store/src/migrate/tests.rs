use std::os::unix::fs::PermissionsExt as _;

use berth_testkit::postgres::Server;
use sqlx::Connection as _;

use super::*;

const FIRST: Migration =
    Migration { version: 1, sql: "CREATE TABLE thing (name {text} PRIMARY KEY)" };
const SECOND: Migration = Migration {
    version: 2,
    sql: "ALTER TABLE thing ADD COLUMN size BIGINT; UPDATE thing SET size = 0;",
};
const BROKEN: Migration =
    Migration { version: 2, sql: "CREATE TABLE half (x BIGINT); SELECT x FROM nowhere;" };

/// Opens a SQLite database with the first migration and one row.
async fn old_sqlite(path: &Path) -> SqlitePool {
    let pool = crate::sqlite::writer(path).await.unwrap();
    sqlite(&pool, path, &[FIRST], &Backup::default()).await.unwrap();
    sqlx::query("INSERT INTO thing VALUES ('a')").execute(&pool).await.unwrap();
    pool
}

/// Opens a PostgreSQL database with the first migration and one row.
async fn old_postgres() -> (PgPool, SecretString) {
    let url = SecretString::from(Server::shared().database());
    let pool = crate::postgres::pool(&url).await.unwrap();
    postgres(&pool, &url, &[FIRST], &Backup::default()).await.unwrap();
    sqlx::query("INSERT INTO thing VALUES ('a')").execute(&pool).await.unwrap();
    (pool, url)
}

#[tokio::test]
async fn a_new_sqlite_database_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("berth.db");

    old_sqlite(&path).await.close().await;

    let files = std::fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["berth.db"]);
}

#[tokio::test]
async fn a_sqlite_database_is_copied_before_its_schema_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("berth.db");
    let pool = old_sqlite(&path).await;

    sqlite(&pool, &path, &[FIRST, SECOND], &Backup::default()).await.unwrap();

    let copy = folder.path().join("berth.db.schema-1.backup");
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let url = format!("sqlite:{}", copy.display());
    let mut old = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let (rows, version): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM thing), (SELECT MAX(version) FROM schema_migration)",
    )
    .fetch_one(&mut old)
    .await
    .unwrap();
    assert_eq!((rows, version), (1, 1));
    let size: i64 = sqlx::query_scalar("SELECT size FROM thing").fetch_one(&pool).await.unwrap();
    assert_eq!(size, 0);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_schema_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("berth.db");
    let pool = old_sqlite(&path).await;
    let (server, url) = old_postgres().await;
    let taken = Backup { taken: true, folder: None };

    let on_sqlite = sqlite(&pool, &path, &[FIRST, BROKEN], &taken).await;
    let on_postgres = postgres(&server, &url, &[FIRST, BROKEN], &taken).await;

    assert!(matches!(on_sqlite, Err(StoreError::Migrate { version: 2, .. })));
    assert!(matches!(on_postgres, Err(StoreError::Migrate { version: 2, .. })));
    assert!(sqlx::query("SELECT x FROM half").execute(&pool).await.is_err());
    assert!(sqlx::query("SELECT x FROM half").execute(&server).await.is_err());
    sqlite(&pool, &path, &[FIRST, SECOND], &taken).await.unwrap();
    postgres(&server, &url, &[FIRST, SECOND], &taken).await.unwrap();
}

#[tokio::test]
async fn a_postgresql_database_without_a_backup_is_refused() {
    let (pool, url) = old_postgres().await;

    let refused = postgres(&pool, &url, &[FIRST, SECOND], &Backup::default()).await;

    assert!(matches!(refused, Err(StoreError::BackupNeeded { from: 1, to: 2, .. })));
    assert!(sqlx::query("SELECT size FROM thing").execute(&pool).await.is_err());
}

#[tokio::test]
async fn a_postgresql_database_is_dumped_before_its_schema_changes() {
    let (pool, url) = old_postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let backup = Backup { taken: false, folder: Some(folder.path().to_owned()) };

    postgres(&pool, &url, &[FIRST, SECOND], &backup).await.unwrap();

    let dump = folder.path().join("control-schema-1.dump");
    let mode = std::fs::metadata(&dump).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // The archive format of `pg_dump --format=custom` begins with these letters.
    assert!(std::fs::read(&dump).unwrap().starts_with(b"PGDMP"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn two_processes_that_start_at_once_migrate_once() {
    let url = SecretString::from(Server::shared().database());
    let pool = crate::postgres::pool(&url).await.unwrap();
    let backup = Backup::default();

    let (one, two) = tokio::join!(
        postgres(&pool, &url, &[FIRST], &backup),
        postgres(&pool, &url, &[FIRST], &backup)
    );

    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
}

#[test]
fn migrations_are_in_order_and_open_with_a_comment() {
    assert!(MIGRATIONS.is_sorted_by(|one, next| one.version < next.version));
    for migration in MIGRATIONS {
        assert!(migration.sql.starts_with("-- "), "migration {}", migration.version);
    }
}
