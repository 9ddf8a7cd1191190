//! Answers to requests that may be sent twice.
//!
//! # Invariants
//!
//! * A key is used in the transaction that does what was asked for, or not at all.
//! * What was asked for and what was answered are sealed: a password may be in either.

use berth_domain::{Actor, OperationId, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::arg::{text, time};
use crate::record::{Record, Source};
use crate::{Change, KeyError, StoreError, Tx};

/// What [`StoreError::Taken`] calls a key that another request used.
pub const KEY: &str = "idempotency key";

/// The first request that came with a key.
#[derive(Debug, Clone)]
pub struct Used {
    /// Which one it was. What it does in several transactions, it does with the same key.
    pub request_id: String,
    /// Of what was asked for. The same key with another hash is a mistake of the caller.
    pub request_hash: String,
    /// What it began. `None`: it began nothing.
    pub operation: Option<OperationId>,
    pub at: Timestamp,
}

/// What is known of a key.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// `None`: older code remembered it, in a form of its own.
    pub request_hash: Option<String>,
    pub operation: Option<OperationId>,
    /// `None`: nobody has answered yet, or the answer was lost.
    pub answer: Option<SecretString>,
}

const SOURCE: Source = Source { table: "idempotency", key: "key" };

/// Uses a key, in the transaction that does what was asked for.
///
/// Fails with [`StoreError::Taken`] when another request of the actor used it, also in a transaction
/// that committed just now.
pub async fn remember(
    tx: &mut Tx,
    key: &str,
    actor: &Actor,
    used: &Used,
) -> Result<(), StoreError> {
    let Used { request_id, request_hash, operation, at } = used;
    let hash = seal(tx, ("request_hash", actor, key), &request_hash.as_str().into())?;
    let response = match operation {
        Some(operation) => json!({ "operation": operation.to_string() }),
        None => json!({}),
    };
    let sql = "INSERT INTO idempotency (actor, key, request_hash, response, created_at, request_id)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (actor, key) DO UPDATE
               SET response = CASE idempotency.response
                   WHEN '{}' THEN excluded.response
                   ELSE idempotency.response
               END
               WHERE idempotency.request_id = excluded.request_id";
    let args =
        vec![text(actor), text(key), text(hash), text(response), time(*at), text(request_id)];
    match tx.change(sql, args).await? {
        Change::Updated => Ok(()),
        Change::Unchanged => Err(StoreError::Taken { what: KEY }),
    }
}

/// Keeps what was answered to the request that used the key. `Unchanged`: none did, so that nothing
/// needs to be remembered.
pub async fn answer(
    tx: &mut Tx,
    key: &str,
    (actor, request_id): (&Actor, &str),
    answer: &SecretString,
) -> Result<Change, StoreError> {
    let sealed = seal(tx, ("answer", actor, key), answer)?;
    let sql = "UPDATE idempotency
               SET answer = $4
               WHERE actor = $1 AND key = $2 AND request_id = $3";
    tx.change(sql, vec![text(actor), text(key), text(request_id), text(sealed)]).await
}

/// Returns what is known of a key. `None` when the actor never used it.
pub async fn recall(
    tx: &mut Tx,
    key: &str,
    actor: &Actor,
) -> Result<Option<Remembered>, StoreError> {
    let sql = "SELECT key, request_hash, response, answer
               FROM idempotency
               WHERE actor = $1 AND key = $2";
    let found = tx.first(SOURCE, sql, vec![text(actor), text(key)]).await?;
    let Some(record) = found else { return Ok(None) };
    let hash = open(tx, ("request_hash", actor, key), Some(record.text("request_hash")?))?;
    let answer = open(tx, ("answer", actor, key), record.text_or_null("answer")?)?;
    Ok(Some(Remembered {
        request_hash: hash.map(|hash| hash.expose_secret().to_owned()),
        operation: operation(&record)?,
        answer,
    }))
}

/// Forgets what is older than this and returns how much there was.
pub async fn trim(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM idempotency
               WHERE created_at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}

fn operation(record: &Record) -> Result<Option<OperationId>, StoreError> {
    let response: Value = record.json("response")?;
    let Some(id) = response.get("operation") else { return Ok(None) };
    let parsed = id.as_str().and_then(|id| id.parse().ok());
    parsed.map(Some).ok_or_else(|| record.unknown("response", &id.to_string()))
}

/// Seals a value for one column of the row of one key.
fn seal(tx: &Tx, place: Place<'_>, value: &SecretString) -> Result<String, StoreError> {
    tx.key().seal(&path(place), value).map_err(StoreError::Key)
}

/// `None`: there is none, or it was never sealed.
fn open(
    tx: &Tx,
    place: Place<'_>,
    sealed: Option<String>,
) -> Result<Option<SecretString>, StoreError> {
    let Some(sealed) = sealed else { return Ok(None) };
    match tx.key().open(&path(place), &sealed) {
        Ok(value) => Ok(Some(value)),
        Err(KeyError::DoesNotOpen) => Ok(None),
        Err(error) => Err(StoreError::Key(error)),
    }
}

/// Column, actor and key.
type Place<'a> = (&'static str, &'a Actor, &'a str);

fn path((column, actor, key): Place<'_>) -> String {
    format!("idempotency/{column}/{actor}/{key}")
}
