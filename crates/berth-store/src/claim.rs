//! The claim: who made the installation theirs, and the code that lets somebody do so.
//!
//! # Invariants
//!
//! * It happens once: two who claim at the same time change one row, and one of them changes nothing.
//! * There is one code at a time, and none once the installation is claimed.

use berth_domain::{PersonId, Timestamp};

use crate::arg::{text, time};
use crate::record::Source;
use crate::{Change, StoreError, Tx};

const SOURCE: Source = Source { table: "claim", key: "one" };

/// Keeps the digest of a new code, in place of the one before. `Unchanged`: it is claimed already.
pub async fn put(tx: &mut Tx, digest: &str, expires_at: Timestamp) -> Result<Change, StoreError> {
    let sql = "UPDATE claim
               SET digest = $1, expires_at = $2
               WHERE one = 1 AND claimed_at IS NULL";
    tx.change(sql, vec![text(digest), time(expires_at)]).await
}

/// Uses the code up. `Unchanged`: it is not this one, its time is over, or somebody was faster.
pub async fn redeem(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<Change, StoreError> {
    let sql = "UPDATE claim
               SET digest = NULL, expires_at = NULL, claimed_at = $2
               WHERE one = 1
                 AND digest = $1
                 AND expires_at > $2
                 AND claimed_at IS NULL";
    tx.change(sql, vec![text(digest), time(now)]).await
}

/// Notes who it was that claimed.
pub async fn by(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    let sql = "UPDATE claim
               SET claimed_by = $1
               WHERE one = 1 AND claimed_by IS NULL";
    tx.execute(sql, vec![text(person)]).await.map(drop)
}

/// Whether the installation is claimed.
pub async fn is_claimed(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = "SELECT one
               FROM claim
               WHERE claimed_at IS NOT NULL";
    Ok(tx.first(SOURCE, sql, vec![]).await?.is_some())
}
