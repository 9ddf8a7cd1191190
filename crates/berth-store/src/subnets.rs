//! Which tenant has which network of the pool.
//!
//! # Invariants
//!
//! * A number belongs to one tenant, and a tenant keeps its number until it is released.
//! * Reservations wait for each other, so two transactions never pick the same free number.

use berth_domain::TenantId;

use crate::arg::{integer, text};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

const SOURCE: Source = Source { table: "subnet", key: "tenant_id" };

/// Returns the tenant's network number: the one it has, else the lowest free one. `clear` says of a
/// number which one from there on can be used, as far as others beside Berth are concerned.
///
/// A number that the tenant has stays, also when the pool was made smaller since.
/// Fails with [`StoreError::PoolExhausted`] when all `pool_size` numbers are in use, and with
/// [`StoreError::Missing`] when there is no such tenant.
pub async fn reserve(
    tx: &mut Tx,
    tenant: TenantId,
    pool_size: u32,
    clear: impl Fn(u32) -> u32 + Send,
) -> Result<u32, StoreError> {
    lock(tx).await?;
    if let Some(number) = find(tx, tenant).await? {
        return Ok(number);
    }
    let mut number = clear(0);
    loop {
        if number >= pool_size {
            return Err(StoreError::PoolExhausted { size: pool_size });
        }
        let free = lowest_free(tx, number).await?;
        number = clear(free);
        if number == free && free < pool_size {
            break;
        }
    }
    let sql = "INSERT INTO subnet (number, tenant_id, organisation_id)
               SELECT $1, id, organisation_id
               FROM tenant
               WHERE id = $2";
    match tx.execute(sql, vec![integer(number), text(tenant)]).await? {
        0 => Err(StoreError::Missing { table: "tenant", row: tenant.to_string() }),
        _ => Ok(number),
    }
}

/// Gives the tenant's number back. Nothing happens when it has none.
pub async fn release(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "DELETE FROM subnet
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant)]).await.map(drop)
}

/// Lists all reservations by number.
pub async fn list(tx: &mut Tx) -> Result<Listed<(u32, TenantId)>, StoreError> {
    let sql = "SELECT number, tenant_id
               FROM subnet
               ORDER BY number";
    let read = |record: &Record| Ok((record.unsigned("number")?, record.parse("tenant_id")?));
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// Keeps other reservations out until this transaction ends.
async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "UPDATE counter
               SET value = value + 1
               WHERE name = 'subnet'";
    tx.execute(sql, vec![]).await.map(drop)
}

async fn find(tx: &mut Tx, tenant: TenantId) -> Result<Option<u32>, StoreError> {
    let sql = "SELECT number, tenant_id
               FROM subnet
               WHERE tenant_id = $1";
    let found = tx.first(SOURCE, sql, vec![text(tenant)]).await?;
    found.map(|record| record.unsigned("number")).transpose()
}

/// The lowest number from `from` on that nobody has.
async fn lowest_free(tx: &mut Tx, from: u32) -> Result<u32, StoreError> {
    let sql = "SELECT MIN(taken.number) + 1 AS number
               FROM subnet taken
               WHERE taken.number >= $1
                 AND EXISTS (SELECT 1 FROM subnet first WHERE first.number = $1)
                 AND NOT EXISTS (SELECT 1 FROM subnet next WHERE next.number = taken.number + 1)";
    let found = tx.first(SOURCE, sql, vec![integer(from)]).await?;
    let behind = found.map(|found| found.unsigned_or_null("number")).transpose()?.flatten();
    Ok(behind.unwrap_or(from))
}
