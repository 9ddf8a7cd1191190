//! A tenant's network: a number out of our pool, and the engine's network of that number.
//!
//! # Invariants
//!
//! * No tenant is given addresses that the host reaches somewhere else: those of another installation,
//!   or of a bridge that an engine left behind when it was killed.

use berth_domain::Tenant;
use berth_domain::subnet::Subnet;
use berth_runtime::{Labels, NetworkSpec};
use berth_store::subnets;

use crate::engine::Inner;
use crate::host_routes;
use crate::operation::{Context, StepError};

/// Reserves a number and makes the network.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    let tenant = reserve(context).await?;
    make(context, &tenant, context.labels()).await
}

/// Makes the network of a tenant that has its number, if it is not there: somebody may have removed it.
pub(crate) async fn make(engine: &Inner, tenant: &Tenant, labels: Labels) -> Result<(), StepError> {
    let name = tenant.id.object_name();
    let spec = NetworkSpec { name, subnet: subnet(engine, tenant)?, labels };
    Ok(engine.runtime.networks.ensure(&spec).await?)
}

async fn reserve(context: &Context) -> Result<Tenant, StepError> {
    let tenant = context.tenant().await?;
    let settings = &context.settings;
    let routes = host_routes::read(&settings.host_routes)
        .map_err(StepError::io("cannot read the routes of the host"))?;
    let elsewhere: Vec<_> = routes.iter().map(|route| (route.network, route.prefix)).collect();
    let clear = |number| settings.pool.first_clear(number, &elsewhere);
    let is_there = context.runtime.networks.observe(&context.object()).await?.is_some();
    let mut tx = context.store.begin().await?;
    if let Some(number) = tenant.subnet
        && !is_there
        && clear(number) != number
    {
        // Somebody took the addresses since, and nothing of ours has them yet.
        subnets::release(&mut tx, tenant.id).await?;
    }
    let index = subnets::reserve(&mut tx, tenant.id, settings.pool.size(), clear).await?;
    tx.commit().await?;
    Ok(Tenant { subnet: Some(index), ..tenant })
}

/// The network that was reserved for a tenant.
pub(crate) fn subnet(engine: &Inner, tenant: &Tenant) -> Result<Subnet, StepError> {
    tenant
        .subnet
        .and_then(|index| engine.settings.pool.subnet(index))
        .ok_or_else(|| StepError::fail("no network is reserved for the tenant"))
}

/// Removes the network and frees its number, in that order: the number must not be handed out while
/// the engine still has it.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    context.runtime.networks.remove(&context.object()).await?;
    let mut tx = context.store.begin().await?;
    subnets::release(&mut tx, context.tenant_id()).await?;
    tx.commit().await?;
    Ok(())
}
