//! Looking into a SQLite database past the program that owns it.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// Runs statements as somebody with a shell could. The text is the test's own, never input.
///
/// # Panics
///
/// When the database refuses.
pub async fn execute(path: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false);
    let mut connection = options.connect().await.expect("the database can be opened");
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    sql.execute(&mut connection).await.expect("the statement is right");
    connection.close().await.expect("the database can be closed");
}
