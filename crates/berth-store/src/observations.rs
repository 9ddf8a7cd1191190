//! What was last observed of tenants.
//!
//! # Invariants
//!
//! * A row changes when what it says changes. That a scan found everything as before is noted once for
//!   all of them, not in each.

use berth_domain::reconcile::Restarts;
use berth_domain::{OrganisationId, TenantId, TenantName, Timestamp};

use crate::arg::{integer, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

/// One tenant, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub tenant: TenantId,
    /// When it was last seen to be like this.
    pub observed_at: Timestamp,
    /// What the engine said of its container, in words.
    pub container: String,
    /// `None`: all is well.
    pub drift: Option<Drift>,
    pub restarts: Restarts,
    /// The digest of the configuration that was found to be right. `None`: none was yet.
    pub conf: Option<String>,
}

/// Why a tenant is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub reason: String,
    /// What a person can do. `None`: it may pass by itself.
    pub hint: Option<String>,
    pub since: Timestamp,
}

const SOURCE: Source = Source { table: "observation", key: "tenant_id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT o.tenant_id,
                    CASE WHEN o.observed_at < c.value THEN c.value ELSE o.observed_at END
                        AS observed_at,
                    o.container, o.reason, o.hint, o.reason_since, o.restarts, o.restarted_at, o.conf
             FROM observation o
             JOIN counter c ON c.name = 'scan' ",
            $rest
        )
    };
}

/// Keeps what was seen of a tenant, in place of what was before. Nothing happens when the tenant is gone.
pub async fn put(tx: &mut Tx, seen: &Observation) -> Result<(), StoreError> {
    let Observation { tenant, observed_at, container, drift, restarts, conf } = seen;
    let sql = "INSERT INTO observation (
                   tenant_id, organisation_id, observed_at, container, reason, hint, reason_since,
                   restarts, restarted_at, conf
               )
               SELECT id, organisation_id, $2, $3, $4, $5, $6, $7, $8, $9
               FROM tenant
               WHERE id = $1
               ON CONFLICT (tenant_id) DO UPDATE
               SET observed_at = excluded.observed_at, container = excluded.container,
                   reason = excluded.reason, hint = excluded.hint,
                   reason_since = excluded.reason_since, restarts = excluded.restarts,
                   restarted_at = excluded.restarted_at, conf = excluded.conf";
    let args = vec![
        text(tenant),
        time(*observed_at),
        text(container),
        text_or_null(drift.as_ref().map(|drift| &drift.reason)),
        text_or_null(drift.as_ref().and_then(|drift| drift.hint.as_ref())),
        time_or_null(drift.as_ref().map(|drift| drift.since)),
        integer(restarts.count),
        time_or_null(restarts.last),
        text_or_null(conf.as_ref()),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Lets a tenant's restarts count from the beginning again.
pub async fn forget_restarts(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "UPDATE observation
               SET restarts = 0, restarted_at = NULL
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant)]).await.map(drop)
}

/// Notes that every tenant was looked at, and that what is written of each still holds.
pub async fn scanned(tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE counter
               SET value = $1
               WHERE name = 'scan'
                 AND value < $1";
    tx.execute(sql, vec![time(at)]).await.map(drop)
}

/// Returns what was last seen of a tenant. `None`: it was never looked at.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    tenant: TenantId,
) -> Result<Option<Observation>, StoreError> {
    let sql = select!("WHERE o.organisation_id = $1 AND o.tenant_id = $2");
    let found = tx.first(SOURCE, sql, vec![text(organisation), text(tenant)]).await?;
    found.as_ref().map(read).transpose()
}

/// Returns what was last seen of an organisation's tenants from one name to another, both included.
pub async fn between(
    tx: &mut Tx,
    organisation: OrganisationId,
    (first, last): (&TenantName, &TenantName),
) -> Result<Listed<Observation>, StoreError> {
    let sql = select!(
        "JOIN tenant t ON t.id = o.tenant_id
         WHERE t.organisation_id = $1
           AND t.name >= $2
           AND t.name <= $3
         ORDER BY t.name"
    );
    let args = vec![text(organisation), text(first), text(last)];
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}

/// Returns what was last seen of every tenant of the installation.
pub async fn all(tx: &mut Tx) -> Result<Listed<Observation>, StoreError> {
    Ok(Listed::read(tx.all(SOURCE, select!("ORDER BY o.tenant_id"), vec![]).await?, read))
}

/// Forgets a tenant that is about to go.
pub(crate) async fn delete(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "DELETE FROM observation
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant)]).await.map(drop)
}

fn read(record: &Record) -> Result<Observation, StoreError> {
    let reason = record.text_or_null("reason")?;
    let hint = record.text_or_null("hint")?;
    let drift = match (reason, record.time_or_null("reason_since")?) {
        (Some(reason), Some(since)) => Some(Drift { reason, hint, since }),
        (None, None) => None,
        _ => return Err(record.inconsistent("the reason and its time do not go together")),
    };
    Ok(Observation {
        tenant: record.parse("tenant_id")?,
        observed_at: record.time("observed_at")?,
        container: record.text("container")?,
        drift,
        restarts: Restarts {
            count: record.unsigned("restarts")?,
            last: record.time_or_null("restarted_at")?,
        },
        conf: record.text_or_null("conf")?,
    })
}
