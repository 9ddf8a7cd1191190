//! How SQLite would carry out a statement, for tests of what is read.

use crate::arg::Arg;
use crate::record::Source;
use crate::{Key, Location, Store};

/// Asks a database with this schema and no rows: without statistics, and there are never any, rows make no
/// difference.
pub(crate) async fn plan(sql: &str, args: Vec<Arg>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("berth.db"));
    let key = Key::load_or_create(&folder.path().join("key"), false).unwrap();
    let store = Store::open(&location, key, false).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let asked = format!("EXPLAIN QUERY PLAN {sql}").leak();
    let rows = tx.all(Source { table: "plan", key: "id" }, asked, args).await.unwrap();
    let plan = rows.iter().map(|row| row.text("detail").unwrap()).collect();
    drop(tx);
    store.close().await;
    plan
}
