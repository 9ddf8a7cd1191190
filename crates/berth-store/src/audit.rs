//! Who did what.
//!
//! # Invariants
//!
//! * Rows are only ever added, and forgotten by age; there is no function that changes one.
//! * A row is added in the transaction of the change that it tells of, so that there is never one
//!   without the other.

use berth_domain::audit::{Object, ObjectKind, Origin, Outcome};
use berth_domain::{Actor, AuditId, OrganisationId, Timestamp};
use serde_json::Value;

use crate::arg::{Arg, integer, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Listed, Page, StoreError, Tx};

/// One thing that somebody did, or was not allowed to do.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Timestamp,
    /// `None`: the installation itself.
    pub organisation: Option<OrganisationId>,
    pub actor: Actor,
    /// A word with dots: `tenant.stop`.
    pub action: String,
    pub object: Object,
    /// Without secrets: it is shown.
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub origin: Origin,
    pub outcome: Outcome,
}

/// Which entries. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub actor: Option<Actor>,
    pub action: Option<String>,
    pub kind: Option<ObjectKind>,
    /// The id of what it was done to, or its name then.
    pub object: Option<String>,
    pub outcome: Option<Outcome>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

const SOURCE: Source = Source { table: "audit", key: "id" };

/// Writes down what somebody did.
pub async fn append(tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (
                   id, at, organisation_id, actor, action, object_kind, object_id, object_name,
                   before_it, after_it, via, request_id, outcome, token_id,
                   address
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let AuditEntry { object, origin, .. } = entry;
    let args = vec![
        text(entry.id),
        time(entry.at),
        text_or_null(entry.organisation),
        text(&entry.actor),
        text(&entry.action),
        text(object.kind),
        text_or_null(object.id.as_ref()),
        text(&object.name),
        text_or_null(entry.before.as_ref()),
        text_or_null(entry.after.as_ref()),
        text(origin.via),
        text_or_null(origin.request.as_ref()),
        text(entry.outcome),
        text_or_null(origin.token),
        text_or_null(origin.address),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// The statement of a list: where it is read, and whose it is.
macro_rules! listing {
    ($from:literal, $whose:literal) => {
        concat!(
            "SELECT id, at, organisation_id, actor, action, object_kind, object_id, object_name,
                    before_it, after_it, via, request_id, outcome, token_id,
                    address
             FROM ",
            $from,
            "
             WHERE ",
            $whose,
            "
               AND ($2 IS NULL OR actor = $2)
               AND ($3 IS NULL OR action = $3)
               AND ($4 IS NULL OR object_kind = $4)
               AND ($5 IS NULL OR object_id = $5 OR object_name = $5)
               AND ($6 IS NULL OR outcome = $6)
               AND ($7 IS NULL OR at >= $7)
               AND ($8 IS NULL OR at < $8)
               AND id < COALESCE($9, '~')
             ORDER BY id DESC
             LIMIT $10"
        )
    };
}

/// Several texts instead of one for all: an index is used only where a column is held against a value. No
/// id comes behind a tilde.
const fn statement(organisation: Option<OrganisationId>, filter: &Filter) -> &'static str {
    match (organisation, filter) {
        // `CROSS JOIN`: SQLite looks for what is about the thing first.
        (_, Filter { object: Some(_), .. }) => listing!(
            "(SELECT id AS entry FROM audit WHERE object_id = $5
              UNION
              SELECT id AS entry FROM audit WHERE object_name = $5) AS about
             CROSS JOIN audit",
            "id = entry AND (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))"
        ),
        (Some(_), _) => listing!("audit", "organisation_id = $1"),
        (None, _) => listing!("audit", "$1 IS NULL AND organisation_id IS NULL"),
    }
}

/// Lists what was done in an organisation, newest first; with `None` what was done to the
/// installation itself.
pub async fn list(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    filter: &Filter,
    page: &Page<AuditId>,
) -> Result<Listed<AuditEntry>, StoreError> {
    let sql = statement(organisation, filter);
    let records = tx.all(SOURCE, sql, arguments(organisation, filter, page)).await?;
    Ok(Listed::page(records, page.limit, read))
}

fn arguments(
    organisation: Option<OrganisationId>,
    filter: &Filter,
    page: &Page<AuditId>,
) -> Vec<Arg> {
    vec![
        text_or_null(organisation),
        text_or_null(filter.actor.as_ref()),
        text_or_null(filter.action.as_ref()),
        text_or_null(filter.kind),
        text_or_null(filter.object.as_ref()),
        text_or_null(filter.outcome),
        time_or_null(filter.since),
        time_or_null(filter.until),
        text_or_null(page.after),
        integer(page.limit),
    ]
}

/// Forgets what is older than this and returns how much that was.
pub async fn trim(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM audit
               WHERE at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}

fn read(record: &Record) -> Result<AuditEntry, StoreError> {
    let json = |column| match record.text_or_null(column)? {
        Some(_) => record.json(column).map(Some),
        None => Ok(None),
    };
    Ok(AuditEntry {
        id: record.parse("id")?,
        at: record.time("at")?,
        organisation: record.parse_or_null("organisation_id")?,
        actor: record.parse("actor")?,
        action: record.text("action")?,
        object: Object {
            kind: record.parse("object_kind")?,
            id: record.text_or_null("object_id")?,
            name: record.text("object_name")?,
        },
        before: json("before_it")?,
        after: json("after_it")?,
        origin: Origin {
            via: record.parse("via")?,
            request: record.text_or_null("request_id")?,
            token: record.parse_or_null("token_id")?,
            address: record.parse_or_null("address")?,
        },
        outcome: record.parse("outcome")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    async fn of(organisation: Option<OrganisationId>, filter: &Filter) -> Vec<String> {
        let page = Page { after: None, limit: 20 };
        plan(statement(organisation, filter), arguments(organisation, filter, &page)).await
    }

    #[tokio::test]
    async fn what_was_done_is_read_by_an_index_from_where_the_page_begins() {
        let organisation = Some("org_00000000000000000000000000000001".parse().unwrap());

        for whose in [organisation, None] {
            assert_eq!(
                of(whose, &Filter::default()).await,
                ["SEARCH audit USING INDEX audit_by_organisation (organisation_id=? AND id<?)"]
            );
        }
    }

    #[tokio::test]
    async fn what_was_done_to_one_thing_is_found_without_all_the_rest() {
        let organisation = Some("org_00000000000000000000000000000001".parse().unwrap());
        let filter = Filter { object: Some("acme".to_owned()), ..Filter::default() };

        for whose in [organisation, None] {
            let plan = of(whose, &filter).await;

            let read: Vec<_> = plan.iter().filter(|line| line.contains("audit")).collect();
            assert_eq!(
                read,
                [
                    "SEARCH audit USING INDEX audit_by_object (object_id=?)",
                    "SEARCH audit USING INDEX audit_by_object_name (object_name=?)",
                    "SEARCH audit USING INDEX sqlite_autoindex_audit_1 (id=?)",
                ]
            );
        }
    }
}
