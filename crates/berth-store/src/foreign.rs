//! Who people are at foreign providers. What their groups bring is in [`crate::given`].
//!
//! # Invariants
//!
//! * An identity is found by issuer and subject, never by an address.
//! * A sign-in is used up once: its row is made in the transaction that lets somebody in.
//! * What a browser holds of a sign-in that is under way is sealed for its provider.

use berth_domain::{PersonId, ProviderId, Timestamp};
use secrecy::SecretString;

use crate::arg::{text, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Change, KeyError, Listed, StoreError, Tx};

const SOURCE: Source = Source { table: "foreign_identity", key: "subject" };

/// Who somebody is at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub person: PersonId,
    /// What the provider was called when they signed in last.
    pub provider: ProviderId,
    pub created_at: Timestamp,
    /// `None`: it was linked, and never used.
    pub signed_in_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT issuer, subject, person_id, provider, created_at, signed_in_at
             FROM foreign_identity ",
            $rest
        )
    };
}

/// Links an identity with a person. `Unchanged`: it is linked already.
pub async fn insert(tx: &mut Tx, identity: &Identity) -> Result<Change, StoreError> {
    let Identity { issuer, subject, person, provider, created_at, signed_in_at } = identity;
    let sql = "INSERT INTO foreign_identity (
                   issuer, subject, person_id, provider, created_at, signed_in_at
               )
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (issuer, subject) DO NOTHING";
    let args = vec![
        text(issuer),
        text(subject),
        text(person),
        text(provider),
        time(*created_at),
        time_or_null(*signed_in_at),
    ];
    tx.change(sql, args).await
}

/// Finds whose an identity is.
pub async fn find(
    tx: &mut Tx,
    issuer: &str,
    subject: &str,
) -> Result<Option<Identity>, StoreError> {
    let sql = select!("WHERE issuer = $1 AND subject = $2");
    let found = tx.first(SOURCE, sql, vec![text(issuer), text(subject)]).await?;
    found.as_ref().map(read).transpose()
}

/// Notes that somebody signed in with an identity, and what its provider is called by now.
pub async fn touch(
    tx: &mut Tx,
    (issuer, subject): (&str, &str),
    provider: &ProviderId,
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE foreign_identity
               SET provider = $3, signed_in_at = $4
               WHERE issuer = $1 AND subject = $2";
    tx.change(sql, vec![text(issuer), text(subject), text(provider), time(now)]).await
}

/// Lists the identities of a person, by provider.
pub async fn of(tx: &mut Tx, person: PersonId) -> Result<Listed<Identity>, StoreError> {
    let sql = select!("WHERE person_id = $1 ORDER BY provider, issuer, subject");
    Ok(Listed::read(tx.all(SOURCE, sql, vec![text(person)]).await?, read))
}

/// Takes a person's identities at a provider away. Returns how many there were.
pub async fn delete(
    tx: &mut Tx,
    person: PersonId,
    provider: &ProviderId,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM foreign_identity
               WHERE person_id = $1 AND provider = $2";
    tx.execute(sql, vec![text(person), text(provider)]).await
}

/// Takes all identities of a person away.
pub async fn delete_all(tx: &mut Tx, person: PersonId) -> Result<u64, StoreError> {
    let sql = "DELETE FROM foreign_identity
               WHERE person_id = $1";
    tx.execute(sql, vec![text(person)]).await
}

/// Uses a sign-in up. `Unchanged`: it was used before.
pub async fn use_up(tx: &mut Tx, digest: &str, ends_at: Timestamp) -> Result<Change, StoreError> {
    let sql = "INSERT INTO sign_in_used (digest, ends_at)
               VALUES ($1, $2)
               ON CONFLICT (digest) DO NOTHING";
    tx.change(sql, vec![text(digest), time(ends_at)]).await
}

/// Forgets sign-ins that nobody could end any more.
pub async fn trim(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM sign_in_used
               WHERE ends_at <= $1";
    tx.execute(sql, vec![time(now)]).await
}

/// Seals what a browser is to hold of a sign-in at a provider.
pub fn seal(tx: &Tx, provider: &ProviderId, value: &SecretString) -> Result<String, StoreError> {
    tx.key().seal(&place(provider), value).map_err(StoreError::Key)
}

/// Opens what a browser holds. `None`: it was not sealed here, or for another provider.
#[must_use]
pub fn open(tx: &Tx, provider: &ProviderId, sealed: &str) -> Option<SecretString> {
    let opened: Result<_, KeyError> = tx.key().open(&place(provider), sealed);
    opened.ok()
}

fn place(provider: &ProviderId) -> String {
    format!("browser/sign-in/{provider}")
}

fn read(record: &Record) -> Result<Identity, StoreError> {
    Ok(Identity {
        issuer: record.text("issuer")?,
        subject: record.text("subject")?,
        person: record.parse("person_id")?,
        provider: record.parse("provider")?,
        created_at: record.time("created_at")?,
        signed_in_at: record.time_or_null("signed_in_at")?,
    })
}
