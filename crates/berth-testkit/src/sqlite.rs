//! Looking into a SQLite database past the program that owns it.

use std::fmt::Write as _;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// The columns that refer to a table, as <https://www.sqlite.org/pragma.html#pragma_foreign_key_list>
/// tells them.
const REFERENCES: &str = "SELECT t.name, k.\"from\"
    FROM sqlite_schema t, pragma_foreign_key_list(t.name) k
    WHERE t.type = 'table' AND k.\"table\" = $1";

/// Runs statements as somebody with a shell could. The text is the test's own, never input.
///
/// # Panics
///
/// When the database refuses.
pub async fn execute(path: &Path, sql: &str) {
    let mut connection = open(path).await;
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    sql.execute(&mut connection).await.expect("the statement is right");
    connection.close().await.expect("the database can be closed");
}

/// Takes a row away, by its `id`, and first whatever refers to it, in whichever table: no list of
/// tables here grows old. Names and ids are the test's own, never input.
///
/// # Panics
///
/// When the database refuses.
pub async fn delete(path: &Path, table: &str, id: &str) {
    let mut connection = open(path).await;
    let references = sqlx::query_as(REFERENCES).bind(table).fetch_all(&mut connection).await;
    let references: Vec<(String, String)> = references.expect("SQLite knows what refers to what");
    connection.close().await.expect("the database can be closed");
    let mut sql = String::new();
    for (table, column) in references.iter().map(|(t, c)| (&**t, &**c)).chain([(table, "id")]) {
        writeln!(sql, "DELETE FROM {table} WHERE {column} = '{id}';").expect("text takes text");
    }
    execute(path, &sql).await;
}

async fn open(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false);
    options.connect().await.expect("the database can be opened")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_goes_with_whatever_refers_to_it_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.db");
        std::fs::write(&path, "").unwrap();
        let schema = "CREATE TABLE tenant (id TEXT PRIMARY KEY);
            CREATE TABLE storage_use (tenant_id TEXT PRIMARY KEY REFERENCES tenant (id));
            CREATE TABLE kept_name (name TEXT, owner TEXT REFERENCES tenant (id));
            CREATE TABLE history (tenant_id TEXT);
            INSERT INTO tenant VALUES ('a'), ('b');
            INSERT INTO storage_use VALUES ('a'), ('b');
            INSERT INTO kept_name VALUES ('x', 'a'), ('y', 'a');
            INSERT INTO history VALUES ('a');";
        execute(&path, schema).await;

        delete(&path, "tenant", "a").await;

        let count = "SELECT (SELECT group_concat(id) FROM tenant),
            (SELECT group_concat(tenant_id) FROM storage_use),
            (SELECT count(*) FROM kept_name), (SELECT count(*) FROM history)";
        let mut connection = open(&path).await;
        let left: (String, String, i64, i64) =
            sqlx::query_as(count).fetch_one(&mut connection).await.unwrap();
        assert_eq!(left, ("b".to_owned(), "b".to_owned(), 0, 1));
    }
}
