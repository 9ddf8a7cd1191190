//! Answers to requests that may be sent twice.

use berth_domain::{Actor, Timestamp};
use serde_json::Value;

use crate::arg::{text, time};
use crate::record::Source;
use crate::{StoreError, Tx};

/// What was answered to the first of equal requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Of the request. The same key with another hash is a mistake of the caller.
    pub request_hash: String,
    /// Without secrets.
    pub response: Value,
    pub created_at: Timestamp,
}

const SOURCE: Source = Source { table: "idempotency", key: "key" };

/// Keeps an answer. Commit it together with what it answers.
///
/// Fails with [`StoreError::Taken`] when the actor used the key before, also in a transaction that
/// committed just now.
pub async fn remember(
    tx: &mut Tx,
    key: &str,
    actor: &Actor,
    answer: &Remembered,
) -> Result<(), StoreError> {
    let Remembered { request_hash, response, created_at } = answer;
    let sql = "INSERT INTO idempotency (actor, key, request_hash, response, created_at)
               VALUES ($1, $2, $3, $4, $5)";
    let args = vec![text(actor), text(key), text(request_hash), text(response), time(*created_at)];
    tx.execute(sql, args).await.map(drop)
}

/// Returns what was answered. `None` when the actor never used the key.
pub async fn recall(
    tx: &mut Tx,
    key: &str,
    actor: &Actor,
) -> Result<Option<Remembered>, StoreError> {
    let sql = "SELECT key, request_hash, response, created_at
               FROM idempotency
               WHERE actor = $1 AND key = $2";
    let found = tx.first(SOURCE, sql, vec![text(actor), text(key)]).await?;
    let Some(record) = found else { return Ok(None) };
    Ok(Some(Remembered {
        request_hash: record.text("request_hash")?,
        response: record.json("response")?,
        created_at: record.time("created_at")?,
    }))
}

/// Forgets answers older than this and returns how many there were.
pub async fn trim(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM idempotency
               WHERE created_at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}
