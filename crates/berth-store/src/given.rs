//! What groups at foreign providers gave people: roles, and that they run the installation.
//!
//! # Invariants
//!
//! * What was given by hand, or by the groups of another provider, is neither changed nor taken here.

use berth_domain::access::Role;
use berth_domain::{OrganisationId, PersonId, ProviderId, Timestamp};

use crate::arg::{text, time};
use crate::record::Source;
use crate::{Change, Listed, StoreError, Tx};

const MEMBERSHIP: Source = Source { table: "membership", key: "person_id" };
const PERSON: Source = Source { table: "person", key: "id" };

/// The roles that the groups of a provider brought somebody.
pub async fn roles(
    tx: &mut Tx,
    person: PersonId,
    provider: &ProviderId,
) -> Result<Listed<(OrganisationId, Role)>, StoreError> {
    let sql = "SELECT person_id, organisation_id, role
               FROM membership
               WHERE person_id = $1 AND given_by = $2";
    let found = tx.all(MEMBERSHIP, sql, vec![text(person), text(provider)]).await?;
    Ok(Listed::read(found, |record| Ok((record.parse("organisation_id")?, record.parse("role")?))))
}

/// Gives somebody a role that their groups bring. `Unchanged`: they have one that somebody gave by hand,
/// or that another provider brought.
pub async fn give(
    tx: &mut Tx,
    (organisation, person): (OrganisationId, PersonId),
    (role, provider): (Role, &ProviderId),
    now: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "INSERT INTO membership (organisation_id, person_id, role, created_at, given_by)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (organisation_id, person_id) DO UPDATE
               SET role = excluded.role
               WHERE membership.given_by = excluded.given_by";
    let args = vec![text(organisation), text(person), text(role), time(now), text(provider)];
    tx.change(sql, args).await
}

/// Takes a role away that groups brought. `Unchanged`: somebody gave it by hand meanwhile.
pub async fn take(
    tx: &mut Tx,
    (organisation, person): (OrganisationId, PersonId),
    provider: &ProviderId,
) -> Result<Change, StoreError> {
    let sql = "DELETE FROM membership
               WHERE organisation_id = $1 AND person_id = $2 AND given_by = $3";
    tx.change(sql, vec![text(organisation), text(person), text(provider)]).await
}

/// Whether it is the groups of a provider that made somebody an operator.
pub async fn is_operator_by(
    tx: &mut Tx,
    person: PersonId,
    provider: &ProviderId,
) -> Result<bool, StoreError> {
    let sql = "SELECT id
               FROM person
               WHERE id = $1 AND is_operator = 1 AND operator_by = $2";
    let found = tx.first(PERSON, sql, vec![text(person), text(provider)]).await?;
    Ok(found.is_some())
}

/// Makes somebody an operator whose groups say so. `Unchanged`: they are one.
pub async fn make_operator(
    tx: &mut Tx,
    person: PersonId,
    provider: &ProviderId,
) -> Result<Change, StoreError> {
    let sql = "UPDATE person
               SET is_operator = 1, operator_by = $2
               WHERE id = $1 AND is_operator = 0";
    tx.change(sql, vec![text(person), text(provider)]).await
}

/// Takes from somebody that they run the installation. `Unchanged`: it is by hand.
pub async fn unmake_operator(
    tx: &mut Tx,
    person: PersonId,
    provider: &ProviderId,
) -> Result<Change, StoreError> {
    let sql = "UPDATE person
               SET is_operator = 0, operator_by = NULL
               WHERE id = $1 AND is_operator = 1 AND operator_by = $2";
    tx.change(sql, vec![text(person), text(provider)]).await
}
