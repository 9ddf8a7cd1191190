//! What is written of tenants: what they are to be, what they are, what they are called.

use berth_domain::{Bytes, Details, OrganisationId, Tenant, TenantId, TenantState};

use super::row;
use crate::arg::{text, unsigned, unsigned_or_null};
use crate::{Change, StoreError, Tx};

/// Adds a tenant, without its network.
///
/// Fails with [`StoreError::Taken`] when another tenant has the name, the host or the object name.
pub async fn insert(tx: &mut Tx, tenant: &Tenant) -> Result<(), StoreError> {
    let sql = "INSERT INTO tenant (
                   id, organisation_id, name, host, object_name, stage,
                   state, operation_id, change, since, until, suspended, generation,
                   cluster_id, image_reference, image_digest, modules,
                   language, country, demo, company, admin_login, email,
                   time_zone, cpu_millis, memory, pids, addons,
                   blueprint_id, storage, created_at, created_by, notes,
                   tags, owner, expires_at
               )
               VALUES (
                   $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                   $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                   $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36
               )";
    tx.execute(sql, row::columns(tenant)).await.map(drop)
}

/// Moves a tenant from one state to another, if it is in the first one.
pub async fn set_state(
    tx: &mut Tx,
    id: TenantId,
    from: &TenantState,
    to: &TenantState,
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET state = $8, operation_id = $9, change = $10, since = $11, until = $12,
                   suspended = $13
               WHERE id = $1
                 AND state = $2
                 AND operation_id IS NOT DISTINCT FROM $3
                 AND change IS NOT DISTINCT FROM $4
                 AND since IS NOT DISTINCT FROM $5
                 AND until IS NOT DISTINCT FROM $6
                 AND suspended = $7";
    let mut args = vec![text(id)];
    args.extend(row::state_columns(from));
    args.extend(row::state_columns(to));
    tx.change(sql, args).await
}

/// Writes what a tenant should be, if its generation is still the one before `tenant.generation`.
///
/// That is: stage, image, Odoo settings, limits, addons and blueprint. Identity, name, host, storage,
/// details and state stay as they are.
pub async fn update(tx: &mut Tx, tenant: &Tenant) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET stage = $3, image_reference = $4, image_digest = $5, modules = $6,
                   language = $7, country = $8, demo = $9, company = $10, admin_login = $11,
                   email = $12, time_zone = $13, cpu_millis = $14, memory = $15, pids = $16,
                   addons = $17, blueprint_id = $18, generation = $2
               WHERE id = $1
                 AND generation = $2 - 1";
    let mut args = vec![text(tenant.id), unsigned(tenant.generation.0), text(tenant.stage)];
    args.extend(row::wish_columns(tenant));
    tx.change(sql, args).await
}

/// Gives a tenant another name and host, if its generation is still the one before
/// `tenant.generation`.
///
/// Fails with [`StoreError::Taken`] when another tenant has one of them.
pub async fn rename(tx: &mut Tx, tenant: &Tenant) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET name = $3, host = $4, generation = $2
               WHERE id = $1
                 AND generation = $2 - 1";
    let args = vec![
        text(tenant.id),
        unsigned(tenant.generation.0),
        text(&tenant.name),
        text(&tenant.host),
    ];
    tx.change(sql, args).await
}

/// Says how large a tenant's database and files may be together. Nothing that runs depends on it.
pub async fn limit_storage(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: TenantId,
    storage: Option<Bytes>,
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET storage = $3
               WHERE organisation_id = $1
                 AND id = $2";
    let storage = unsigned_or_null(storage.map(|bytes| bytes.0));
    tx.change(sql, vec![text(organisation), text(id), storage]).await
}

/// Writes what people note about a tenant.
pub async fn describe(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: TenantId,
    details: &Details,
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET notes = $3, tags = $4, owner = $5, expires_at = $6,
                   expiry_warned = CASE WHEN expires_at IS NOT DISTINCT FROM $6 THEN expiry_warned
                                   END
               WHERE organisation_id = $1
                 AND id = $2";
    let mut args = vec![text(organisation), text(id)];
    args.extend(row::details_columns(details));
    tx.change(sql, args).await
}

/// Removes a tenant and what hangs on it here: its network, its secrets, what was observed of it, the
/// cluster that it had for itself.
///
/// Its operations, journals and events stay; they are the history.
pub async fn delete(tx: &mut Tx, id: TenantId) -> Result<Change, StoreError> {
    crate::subnets::release(tx, id).await?;
    crate::names::release(tx, id).await?;
    crate::secrets::delete_all(tx, &id.to_string()).await?;
    crate::observations::delete(tx, id).await?;
    crate::storage::delete(tx, id).await?;
    let sql = "DELETE FROM tenant
               WHERE id = $1";
    let change = tx.change(sql, vec![text(id)]).await?;
    crate::statistics::delete(tx, id).await?;
    crate::clusters::delete_own(tx, id).await?;
    Ok(change)
}
