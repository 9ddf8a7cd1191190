//! Memberships: who is what in which organisation.
//!
//! # Invariants
//!
//! * A membership is looked for within its organisation; only what a person may do is read across all.
//! * A role that this version does not know is no role: it is reported, and gives nothing.

use std::collections::BTreeMap;

use berth_domain::access::Role;
use berth_domain::{OrganisationId, Person, PersonId, Timestamp};

use crate::arg::{text, time};
use crate::record::Source;
use crate::{Change, Listed, StoreError, Tx, people};

const SOURCE: Source = Source { table: "membership", key: "person_id" };
const PEOPLE: Source = Source { table: "person", key: "id" };

/// Somebody who belongs to an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub person: Person,
    pub role: Role,
    pub since: Timestamp,
}

macro_rules! members {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.email, p.name, p.is_operator, p.disabled_at, p.second_factor_since,
                    p.created_at, p.signed_in_at, m.role, m.created_at AS since
             FROM membership m
             JOIN person p
               ON p.id = m.person_id
             WHERE m.organisation_id = $1 ",
            $rest
        )
    };
}

/// Makes somebody a member, or gives whoever is one another role. By hand: no group takes it away.
pub async fn put(
    tx: &mut Tx,
    (organisation, person): (OrganisationId, PersonId),
    role: Role,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO membership (organisation_id, person_id, role, created_at)
               VALUES ($1, $2, $3, $4)
               ON CONFLICT (organisation_id, person_id) DO UPDATE
               SET role = excluded.role, given_by = NULL";
    let args = vec![text(organisation), text(person), text(role), time(now)];
    tx.execute(sql, args).await.map(drop)
}

/// Takes somebody out of an organisation.
pub async fn delete(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Change, StoreError> {
    let sql = "DELETE FROM membership
               WHERE organisation_id = $1 AND person_id = $2";
    tx.change(sql, vec![text(organisation), text(person)]).await
}

/// Lists who belongs to an organisation, by address.
pub async fn list(tx: &mut Tx, organisation: OrganisationId) -> Result<Listed<Member>, StoreError> {
    let sql = members!("ORDER BY p.email");
    Ok(Listed::read(tx.all(PEOPLE, sql, vec![text(organisation)]).await?, member))
}

/// Finds a member of an organisation.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<Member>, StoreError> {
    let sql = members!("AND p.id = $2");
    let found = tx.first(PEOPLE, sql, vec![text(organisation), text(person)]).await?;
    found.as_ref().map(member).transpose()
}

/// How many admins of an organisation may sign in.
pub async fn count_admins(tx: &mut Tx, organisation: OrganisationId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS person_id
               FROM membership m
               JOIN person p
                 ON p.id = m.person_id
               WHERE m.organisation_id = $1
                 AND m.role = 'admin'
                 AND p.disabled_at IS NULL";
    let found = tx.first(SOURCE, sql, vec![text(organisation)]).await?;
    found.map_or(Ok(0), |record| record.unsigned("person_id"))
}

/// What somebody is, everywhere.
pub async fn of(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Listed<(OrganisationId, Role)>, StoreError> {
    let sql = "SELECT person_id, organisation_id, role
               FROM membership
               WHERE person_id = $1";
    let found = tx.all(SOURCE, sql, vec![text(person)]).await?;
    Ok(Listed::read(found, |record| Ok((record.parse("organisation_id")?, record.parse("role")?))))
}

/// The same by name of organisation, for showing.
pub async fn named(tx: &mut Tx, person: PersonId) -> Result<BTreeMap<String, Role>, StoreError> {
    let sql = "SELECT m.person_id, o.name, m.role
               FROM membership m
               JOIN organisation o
                 ON o.id = m.organisation_id
               WHERE m.person_id = $1
               ORDER BY o.name";
    let found = tx.all(SOURCE, sql, vec![text(person)]).await?;
    let named = Listed::read(found, |record| Ok((record.text("name")?, record.parse("role")?)));
    Ok(named.rows.into_iter().collect())
}

fn member(record: &crate::record::Record) -> Result<Member, StoreError> {
    Ok(Member {
        person: people::read(record)?,
        role: record.parse("role")?,
        since: record.time("since")?,
    })
}
