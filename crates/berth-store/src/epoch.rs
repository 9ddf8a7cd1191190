//! Which operation driver is the newest.
//!
//! A driver advances the epoch when it starts. From then on every lease of an earlier epoch is void:
//! its operations can be claimed, and fenced writes of the earlier driver change nothing.

use crate::record::Source;
use crate::{StoreError, Tx};

const SOURCE: Source = Source { table: "counter", key: "name" };

/// Begins a new epoch and returns it. Epochs count from 1.
pub async fn advance(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "UPDATE counter
               SET value = value + 1
               WHERE name = 'epoch'
               RETURNING name, value";
    value(tx, sql).await
}

/// Returns the newest epoch, 0 before the first.
pub async fn current(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "SELECT name, value
               FROM counter
               WHERE name = 'epoch'";
    value(tx, sql).await
}

async fn value(tx: &mut Tx, sql: &'static str) -> Result<i64, StoreError> {
    let missing = || StoreError::Missing { table: SOURCE.table, row: "epoch".to_owned() };
    tx.first(SOURCE, sql, vec![]).await?.ok_or_else(missing)?.integer("value")
}
