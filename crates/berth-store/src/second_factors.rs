//! Second factors: since when somebody has one, which code was good last, and the codes on paper.
//!
//! # Invariants
//!
//! * A step of an authenticator and a recovery code are used up once: who is slower changes nothing.
//! * The secret of an authenticator is in table `secret`, sealed.

use std::str::FromStr;

use berth_domain::{PersonId, Timestamp};

use crate::arg::{text, time, unsigned, unsigned_or_null};
use crate::record::Source;
use crate::{Change, StoreError, Tx};

const SOURCE: Source = Source { table: "person", key: "id" };
const CODES: Source = Source { table: "recovery_code", key: "person_id" };

/// Notes that an authenticator is asked for from now on, whose first code was of this step.
pub async fn begin(
    tx: &mut Tx,
    person: PersonId,
    step: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE person
               SET second_factor_since = $3, totp_step = $2
               WHERE id = $1";
    tx.execute(sql, vec![text(person), unsigned(step), time(now)]).await.map(drop)
}

/// Notes that none is asked for any more, and forgets the codes on paper.
pub async fn end(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    let sql = "UPDATE person
               SET second_factor_since = NULL, totp_step = NULL
               WHERE id = $1";
    tx.execute(sql, vec![text(person)]).await?;
    clear_codes(tx, person).await
}

/// The step that was accepted last.
pub async fn step(tx: &mut Tx, person: PersonId) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT id, totp_step
               FROM person
               WHERE id = $1";
    match tx.first(SOURCE, sql, vec![text(person)]).await? {
        Some(record) => record.unsigned_or_null("totp_step"),
        None => Ok(None),
    }
}

/// Notes that a step was accepted. `Unchanged`: another one was meanwhile.
pub async fn accept(
    tx: &mut Tx,
    person: PersonId,
    (last, step): (Option<u64>, u64),
) -> Result<Change, StoreError> {
    let sql = "UPDATE person
               SET totp_step = $3
               WHERE id = $1
                 AND (totp_step = $2 OR ($2 IS NULL AND totp_step IS NULL))
                 AND second_factor_since IS NOT NULL";
    tx.change(sql, vec![text(person), unsigned_or_null(last), unsigned(step)]).await
}

/// Puts new codes in the place of all from before.
pub async fn put_codes(
    tx: &mut Tx,
    person: PersonId,
    digests: &[String],
) -> Result<(), StoreError> {
    clear_codes(tx, person).await?;
    for digest in digests {
        let sql = "INSERT INTO recovery_code (person_id, digest)
                   VALUES ($1, $2)";
        tx.execute(sql, vec![text(person), text(digest)]).await?;
    }
    Ok(())
}

/// The digests of the codes that are left.
pub async fn codes<T: FromStr>(tx: &mut Tx, person: PersonId) -> Result<Vec<T>, StoreError> {
    let sql = "SELECT person_id, digest
               FROM recovery_code
               WHERE person_id = $1
               ORDER BY digest";
    let found = tx.all(CODES, sql, vec![text(person)]).await?;
    found.iter().map(|record| record.parse("digest")).collect()
}

/// Uses a code up. `Unchanged`: somebody was faster.
pub async fn spend(tx: &mut Tx, person: PersonId, digest: &str) -> Result<Change, StoreError> {
    let sql = "DELETE FROM recovery_code
               WHERE person_id = $1 AND digest = $2";
    tx.change(sql, vec![text(person), text(digest)]).await
}

async fn clear_codes(tx: &mut Tx, person: PersonId) -> Result<(), StoreError> {
    let sql = "DELETE FROM recovery_code
               WHERE person_id = $1";
    tx.execute(sql, vec![text(person)]).await.map(drop)
}
