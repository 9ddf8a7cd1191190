//! Tenants whose time has come, or is about to.

use berth_domain::{OrganisationId, Tenant, TenantId, Timestamp};

use crate::arg::{integer, text, time};
use crate::listed::first_readable;
use crate::tenants::{SOURCE, row, select};
use crate::{Change, Listed, StoreError, Tx};

/// Lists deleted tenants whose grace period is over, at most `limit`.
pub async fn over(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Listed<Tenant>, StoreError> {
    let sql = select!(
        "WHERE t.state = 'deleted'
           AND t.until <= $1
         ORDER BY t.until, t.id
         LIMIT $2 OFFSET $3"
    );
    first_readable(tx, (SOURCE, sql), vec![time(now)], limit, row::read).await
}

/// Lists tenants that expired and are open all the same, at most `limit`. Those with an operation are
/// left out.
pub async fn expired(
    tx: &mut Tx,
    now: Timestamp,
    limit: u32,
) -> Result<Listed<Tenant>, StoreError> {
    let sql = select!(
        "WHERE t.expires_at <= $1
           AND t.state IN ('running', 'over_limit', 'drifted', 'stopped')
         ORDER BY t.expires_at, t.id
         LIMIT $2 OFFSET $3"
    );
    first_readable(tx, (SOURCE, sql), vec![time(now)], limit, row::read).await
}

/// Lists suspended tenants that expired or will, at most `limit`.
pub async fn closed(tx: &mut Tx, limit: u32) -> Result<Listed<Tenant>, StoreError> {
    let sql = select!(
        "WHERE t.state = 'suspended'
           AND t.expires_at IS NOT NULL
         ORDER BY t.id
         LIMIT $1"
    );
    Ok(Listed::read(tx.all(SOURCE, sql, vec![integer(limit)]).await?, row::read))
}

/// Lists tenants that expire until `by` and about which nobody was warned `days` days ahead, at most
/// `limit`. What was put away is left out.
pub async fn to_warn(
    tx: &mut Tx,
    (now, by): (Timestamp, Timestamp),
    days: u32,
    limit: u32,
) -> Result<Listed<Tenant>, StoreError> {
    let sql = select!(
        "WHERE t.expires_at > $1
           AND t.expires_at <= $2
           AND (t.expiry_warned IS NULL OR t.expiry_warned > $3)
           AND t.state NOT IN ('archived', 'deleted', 'deleting')
         ORDER BY t.expires_at, t.id
         LIMIT $4 OFFSET $5"
    );
    let args = vec![time(now), time(by), integer(days)];
    first_readable(tx, (SOURCE, sql), args, limit, row::read).await
}

/// Notes that somebody was warned `days` days ahead, if nobody was before and the tenant still expires
/// at `expires_at`.
pub async fn warned(
    tx: &mut Tx,
    organisation: OrganisationId,
    tenant: TenantId,
    (expires_at, days): (Timestamp, u32),
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET expiry_warned = $4
               WHERE organisation_id = $1
                 AND id = $2
                 AND expires_at = $3
                 AND (expiry_warned IS NULL OR expiry_warned > $4)";
    let args = vec![text(organisation), text(tenant), time(expires_at), integer(days)];
    tx.change(sql, args).await
}
