//! What belongs to an organisation, and goes with it.
//!
//! # Invariants
//!
//! * Whatever names an organisation is named here: what keeps it from being removed, or what is removed.
//!   Only the audit stays, because what was done outlives whose it was.

use berth_domain::{Organisation, OrganisationId, UploadId};

use crate::arg::text;
use crate::record::Source;
use crate::{Change, StoreError, Tx};

/// What is in an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// By name, with the state of each.
    pub tenants: Vec<(String, String)>,
    /// Operations that are not at rest: id and kind.
    pub at_work: Vec<(String, String)>,
    /// What goes with it.
    pub lost: Vec<Lost>,
}

/// Something that goes with an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// `member`, `invitation`, `token`, `schedule`, `webhook`, `quota` or `upload`.
    pub kind: String,
    pub name: String,
}

const SOURCE: Source = Source { table: "organisation", key: "name" };
const UPLOAD: Source = Source { table: "upload", key: "id" };

/// Looks at everything in an organisation that somebody made.
pub async fn contents(tx: &mut Tx, id: OrganisationId) -> Result<Contents, StoreError> {
    let sql = "SELECT 'tenant' AS kind, name, state AS what
               FROM tenant
               WHERE organisation_id = $1
               UNION ALL
               SELECT 'operation', id, kind
               FROM operation
               WHERE organisation_id = $1 AND state IN ('queued', 'running', 'undoing')
               UNION ALL
               SELECT 'member', p.email, m.role
               FROM membership m
               JOIN person p ON p.id = m.person_id
               WHERE m.organisation_id = $1
               UNION ALL
               SELECT 'invitation', email, offer FROM invitation WHERE organisation_id = $1
               UNION ALL
               SELECT 'token', account, id FROM token WHERE organisation_id = $1
               UNION ALL
               SELECT 'schedule', name, action FROM schedule WHERE organisation_id = $1
               UNION ALL
               SELECT 'webhook', name, channel
               FROM subscription
               WHERE organisation_id = $1 AND channel <> 'mail'
               UNION ALL
               SELECT 'quota', CASE owner WHEN '' THEN '(everybody)' ELSE owner END, ''
               FROM quota
               WHERE organisation_id = $1
               UNION ALL
               SELECT 'upload', name, id FROM upload WHERE organisation_id = $1
               ORDER BY 1, 2, 3";
    let mut contents = Contents::default();
    for record in tx.all(SOURCE, sql, vec![text(id)]).await? {
        let (kind, name) = (record.text("kind")?, record.text("name")?);
        match kind.as_str() {
            "tenant" => contents.tenants.push((name, record.text("what")?)),
            "operation" => contents.at_work.push((name, record.text("what")?)),
            _ => contents.lost.push(Lost { kind, name }),
        }
    }
    Ok(contents)
}

/// How many operations an organisation had, and how many events of it are kept.
pub async fn history(tx: &mut Tx, id: OrganisationId) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT $1 AS name,
                      (SELECT COUNT(*) FROM operation WHERE organisation_id = $1) AS operations,
                      (SELECT COUNT(*) FROM event WHERE organisation_id = $1) AS events";
    match tx.first(SOURCE, sql, vec![text(id)]).await? {
        Some(record) => Ok((record.unsigned("operations")?, record.unsigned("events")?)),
        None => Ok((0, 0)),
    }
}

/// What is removed, each before what it refers to. Tenants are not: whoever has one stays.
const REMOVALS: [&str; 15] = [
    "DELETE FROM trouble WHERE organisation_id = $1",
    "DELETE FROM delivery WHERE organisation_id = $1",
    "DELETE FROM secret WHERE organisation_id = $1",
    "DELETE FROM subscription WHERE organisation_id = $1",
    "DELETE FROM schedule_run WHERE organisation_id = $1",
    "DELETE FROM schedule WHERE organisation_id = $1",
    "DELETE FROM upload WHERE organisation_id = $1",
    "DELETE FROM token WHERE organisation_id = $1",
    "DELETE FROM invitation WHERE organisation_id = $1",
    "DELETE FROM membership WHERE organisation_id = $1",
    "DELETE FROM quota WHERE organisation_id = $1",
    "DELETE FROM journal WHERE organisation_id = $1",
    "DELETE FROM event WHERE organisation_id = $1",
    "DELETE FROM operation WHERE organisation_id = $1",
    "DELETE FROM organisation WHERE id = $1",
];

/// Removes an organisation that has no tenant, with everything in it. Returns its uploads, whose contents
/// are left.
///
/// What was answered to its service accounts is forgotten too: another organisation may get the name, and
/// with it accounts that are called the same.
pub async fn remove(
    tx: &mut Tx,
    organisation: &Organisation,
) -> Result<(Change, Vec<UploadId>), StoreError> {
    let uploads = "SELECT id
                   FROM upload
                   WHERE organisation_id = $1";
    let uploads = tx.all(UPLOAD, uploads, vec![text(organisation.id)]).await?;
    let uploads = uploads.iter().map(|record| record.parse("id")).collect::<Result<_, _>>()?;
    let answers = "DELETE FROM idempotency
                   WHERE actor LIKE 'service:%@' || $1";
    tx.execute(answers, vec![text(&organisation.name)]).await?;
    let mut change = Change::Unchanged;
    for sql in REMOVALS {
        change = tx.change(sql, vec![text(organisation.id)]).await?;
    }
    Ok((change, uploads))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::migrate::MIGRATIONS;

    /// What only an organisation with tenants has, and so nothing that is removed with one.
    const OF_TENANTS: [&str; 5] = ["tenant", "subnet", "kept_name", "observation", "storage_use"];
    /// What stays.
    const KEPT: [&str; 1] = ["audit"];

    /// Every table that names an organisation, by the text of the migrations.
    fn tables() -> BTreeSet<&'static str> {
        let created = MIGRATIONS.iter().flat_map(|migration| {
            migration.sql.split("CREATE TABLE ").skip(1).filter_map(|rest| {
                let (name, body) = rest.split_once(" (")?;
                let (columns, _) = body.split_once("\n);")?;
                columns.contains("organisation_id ").then_some(name)
            })
        });
        let altered = MIGRATIONS.iter().flat_map(|migration| {
            migration.sql.split("ALTER TABLE ").skip(1).filter_map(|rest| {
                let (name, column) = rest.split_once(" ADD COLUMN ")?;
                column.starts_with("organisation_id").then_some(name)
            })
        });
        created.chain(altered).collect()
    }

    #[test]
    fn every_table_that_names_an_organisation_is_emptied_or_stays_for_a_reason() {
        let removed = REMOVALS.iter().filter_map(|sql| {
            sql.strip_prefix("DELETE FROM ")?.strip_suffix(" WHERE organisation_id = $1")
        });
        let known: BTreeSet<&str> = removed.chain(OF_TENANTS).chain(KEPT).collect();

        assert_eq!(tables(), known);
    }
}
