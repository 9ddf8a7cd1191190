//! People: their accounts and passwords.
//!
//! # Invariants
//!
//! * What is stored of a password is read by [`password`] only, and written by those who say so.
//! * People are never removed: what they did has their address on it.
//!
//! Accounts are of the installation (`docs/adr/0017`): an organisation sees those that are its members.

use berth_domain::{EmailAddress, Person, PersonId, Timestamp};

use crate::arg::{integer, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Change, Listed, StoreError, Tx};

const SOURCE: Source = Source { table: "person", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, is_operator, disabled_at, second_factor_since, created_at,
                    signed_in_at
             FROM person ",
            $rest
        )
    };
}

/// Keeps others from taking roles away until this transaction ends: whoever counts who is left does
/// so after this.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "UPDATE counter
               SET value = value + 1
               WHERE name = 'people'";
    tx.execute(sql, vec![]).await.map(drop)
}

/// Adds a person with what is stored of their password.
pub async fn insert(
    tx: &mut Tx,
    person: &Person,
    password: Option<&str>,
) -> Result<(), StoreError> {
    let Person {
        id,
        email,
        name,
        is_operator,
        disabled_at,
        second_factor_since,
        created_at,
        signed_in_at,
    } = person;
    let sql = "INSERT INTO person (
                   id, email, name, password, is_operator, disabled_at, second_factor_since,
                   created_at, signed_in_at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = vec![
        text(id),
        text(email),
        text(name),
        text_or_null(password),
        integer(*is_operator),
        time_or_null(*disabled_at),
        time_or_null(*second_factor_since),
        time(*created_at),
        time_or_null(*signed_in_at),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Finds a person by their address, which is in lower case.
pub async fn find(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Person>, StoreError> {
    let sql = select!("WHERE email = $1");
    tx.first(SOURCE, sql, vec![text(email)]).await?.as_ref().map(read).transpose()
}

/// Finds a person by id.
pub async fn find_by_id(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, StoreError> {
    let sql = select!("WHERE id = $1");
    tx.first(SOURCE, sql, vec![text(id)]).await?.as_ref().map(read).transpose()
}

/// Lists all people by address.
pub async fn list(tx: &mut Tx) -> Result<Listed<Person>, StoreError> {
    let sql = select!("ORDER BY email");
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// How many operators may sign in.
pub async fn count_operators(tx: &mut Tx) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS id
               FROM person
               WHERE is_operator = 1 AND disabled_at IS NULL";
    let found = tx.first(SOURCE, sql, vec![]).await?;
    found.map_or(Ok(0), |record| record.unsigned("id"))
}

/// Finds a person and what is stored of their password, for whoever signs in: one question, whoever
/// it is.
pub async fn find_with_password(
    tx: &mut Tx,
    email: &EmailAddress,
) -> Result<Option<(Person, Option<String>)>, StoreError> {
    let sql = "SELECT id, email, name, is_operator, disabled_at, second_factor_since, created_at,
                      signed_in_at, password
               FROM person
               WHERE email = $1";
    let found = tx.first(SOURCE, sql, vec![text(email)]).await?;
    let with_password = |record: &Record| Ok((read(record)?, record.text_or_null("password")?));
    found.as_ref().map(with_password).transpose()
}

/// What is stored of a person's password. `None`: there is nobody, or they have none.
pub async fn password(tx: &mut Tx, id: PersonId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT id, password
               FROM person
               WHERE id = $1";
    match tx.first(SOURCE, sql, vec![text(id)]).await? {
        Some(record) => record.text_or_null("password"),
        None => Ok(None),
    }
}

/// Puts a password in the place of the one that was read before. `Unchanged`: it is another one by
/// now, or the account is disabled.
pub async fn change_password(
    tx: &mut Tx,
    id: PersonId,
    (from, to): (Option<&str>, Option<&str>),
) -> Result<Change, StoreError> {
    let sql = "UPDATE person
               SET password = $3
               WHERE id = $1
                 AND (password = $2 OR ($2 IS NULL AND password IS NULL))
                 AND disabled_at IS NULL";
    tx.change(sql, vec![text(id), text_or_null(from), text_or_null(to)]).await
}

/// Takes a person's password away, whatever it is.
pub async fn clear_password(tx: &mut Tx, id: PersonId) -> Result<(), StoreError> {
    let sql = "UPDATE person
               SET password = NULL
               WHERE id = $1";
    tx.execute(sql, vec![text(id)]).await.map(drop)
}

/// Notes that somebody signed in. `Unchanged`: meanwhile the account was disabled, or its password is
/// not any more the one that was right. Holds the row until the transaction ends.
pub async fn sign_in(
    tx: &mut Tx,
    id: PersonId,
    password: &str,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE person
               SET signed_in_at = $3
               WHERE id = $1 AND password = $2 AND disabled_at IS NULL";
    tx.change(sql, vec![text(id), text(password), time(now)]).await
}

/// Notes that somebody signed in elsewhere, without their password. `Unchanged`: meanwhile the account was
/// disabled. Holds the row until the transaction ends.
pub async fn sign_in_elsewhere(
    tx: &mut Tx,
    id: PersonId,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE person
               SET signed_in_at = $2
               WHERE id = $1 AND disabled_at IS NULL";
    tx.change(sql, vec![text(id), time(now)]).await
}

/// Disables an account, or with `None` enables it.
pub async fn disable(
    tx: &mut Tx,
    id: PersonId,
    since: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "UPDATE person
               SET disabled_at = $2
               WHERE id = $1";
    tx.execute(sql, vec![text(id), time_or_null(since)]).await.map(drop)
}

/// Makes somebody an operator. By hand: no group takes it away.
pub async fn make_operator(tx: &mut Tx, id: PersonId) -> Result<(), StoreError> {
    let sql = "UPDATE person
               SET is_operator = 1, operator_by = NULL
               WHERE id = $1";
    tx.execute(sql, vec![text(id)]).await.map(drop)
}

pub(crate) fn read(record: &Record) -> Result<Person, StoreError> {
    Ok(Person {
        id: record.parse("id")?,
        email: record.parse("email")?,
        name: record.parse("name")?,
        is_operator: record.flag("is_operator")?,
        disabled_at: record.time_or_null("disabled_at")?,
        second_factor_since: record.time_or_null("second_factor_since")?,
        created_at: record.time("created_at")?,
        signed_in_at: record.time_or_null("signed_in_at")?,
    })
}
