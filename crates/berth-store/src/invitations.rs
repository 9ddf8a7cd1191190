//! Invitations that nobody accepted yet, and codes for a new password.
//!
//! # Invariants
//!
//! * What an invitation says is not here, only its digest, and no function returns that.
//! * One is accepted once: its row goes in the transaction that lets somebody in, and whoever is slower
//!   changes nothing.
//! * Every look-up but that by the digest names the organisation, or says that it is of none.

use berth_domain::access::Post;
use berth_domain::person::{Invitation, Offer};
use berth_domain::{Actor, EmailAddress, InvitationId, OrganisationId, Timestamp};

use crate::arg::{text, text_or_null, time};
use crate::record::{Record, Source};
use crate::{Change, Listed, StoreError, Tx};

const SOURCE: Source = Source { table: "invitation", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, organisation_id, offer, created_at, created_by, expires_at
             FROM invitation ",
            $rest
        )
    };
}

/// Adds an invitation whose code has this digest, in place of one of the same to the same. A code for a
/// new password and an invitation leave each other alone.
pub async fn insert(tx: &mut Tx, invitation: &Invitation, digest: &str) -> Result<(), StoreError> {
    let Invitation { id, email, offer, created_at, created_by, expires_at } = invitation;
    let organisation = offer.organisation();
    let sql = "DELETE FROM invitation
               WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))
                 AND email = $2
                 AND (offer = 'password') = ($3 = 'password')";
    let args = vec![text_or_null(organisation), text(email), text(offer.as_str())];
    tx.execute(sql, args).await?;
    let sql = "INSERT INTO invitation (
                   id, digest, email, organisation_id, offer, created_at, created_by, expires_at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = vec![
        text(id),
        text(digest),
        text(email),
        text_or_null(organisation),
        text(offer.as_str()),
        time(*created_at),
        text(created_by),
        time(*expires_at),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Finds an invitation by the digest of its code, if its time is not over.
pub async fn find_by_digest(
    tx: &mut Tx,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let sql = select!("WHERE digest = $1 AND expires_at > $2");
    let found = tx.first(SOURCE, sql, vec![text(digest), time(now)]).await?;
    found.as_ref().map(read).transpose()
}

/// Finds an invitation to an organisation, or with `None` one to the installation.
pub async fn find(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    id: InvitationId,
) -> Result<Option<Invitation>, StoreError> {
    let sql = select!(
        "WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))
           AND id = $2"
    );
    let found = tx.first(SOURCE, sql, vec![text_or_null(organisation), text(id)]).await?;
    found.as_ref().map(read).transpose()
}

/// Lists the invitations to an organisation, or with `None` those to the installation, by address.
pub async fn list(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    now: Timestamp,
) -> Result<Listed<Invitation>, StoreError> {
    let sql = select!(
        "WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))
           AND expires_at > $2
         ORDER BY email, id"
    );
    let found = tx.all(SOURCE, sql, vec![text_or_null(organisation), time(now)]).await?;
    Ok(Listed::read(found, read))
}

/// Lists the invitations of an address to organisations whose time is not over.
pub async fn to_organisations(
    tx: &mut Tx,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<Listed<Invitation>, StoreError> {
    let sql = select!(
        "WHERE email = $1 AND organisation_id IS NOT NULL AND expires_at > $2
         ORDER BY organisation_id, id"
    );
    Ok(Listed::read(tx.all(SOURCE, sql, vec![text(email), time(now)]).await?, read))
}

/// Takes an invitation away, because it was accepted or revoked. `Unchanged`: somebody was faster.
pub async fn delete(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    id: InvitationId,
) -> Result<Change, StoreError> {
    let sql = "DELETE FROM invitation
               WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))
                 AND id = $2";
    tx.change(sql, vec![text_or_null(organisation), text(id)]).await
}

/// Takes away what somebody offered in an organisation, or with `None` everywhere.
pub async fn delete_by(
    tx: &mut Tx,
    by: &Actor,
    organisation: Option<OrganisationId>,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM invitation
               WHERE created_by = $1 AND ($2 IS NULL OR organisation_id = $2)";
    tx.execute(sql, vec![text(by), text_or_null(organisation)]).await
}

/// Takes away what was offered to somebody: they are to get nothing by codes from before.
pub async fn delete_to(tx: &mut Tx, email: &EmailAddress) -> Result<u64, StoreError> {
    let sql = "DELETE FROM invitation
               WHERE email = $1";
    tx.execute(sql, vec![text(email)]).await
}

/// Forgets invitations whose time is over.
pub async fn trim(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM invitation
               WHERE expires_at <= $1";
    tx.execute(sql, vec![time(now)]).await
}

fn read(record: &Record) -> Result<Invitation, StoreError> {
    let organisation: Option<OrganisationId> = record.parse_or_null("organisation_id")?;
    let text = record.text("offer")?;
    let offer = match (organisation, text.as_str()) {
        (None, "operator") => Offer::Post(Post::Operator),
        (None, "password") => Offer::Password,
        (Some(organisation), _) => Offer::Post(Post::In(organisation, record.parse("offer")?)),
        (None, other) => return Err(record.unknown("offer", other)),
    };
    Ok(Invitation {
        id: record.parse("id")?,
        email: record.parse("email")?,
        offer,
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
        expires_at: record.time("expires_at")?,
    })
}
