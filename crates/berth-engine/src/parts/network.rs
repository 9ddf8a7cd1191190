//! A tenant's network: a number out of our pool, and the engine's network of that number.

use berth_domain::Tenant;
use berth_domain::subnet::Subnet;
use berth_runtime::NetworkSpec;
use berth_store::subnets;

use crate::engine::Inner;
use crate::operation::{Context, StepError};

/// Reserves a number and makes the network.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    let tenant = reserve(context).await?;
    let name = context.object();
    let spec = NetworkSpec {
        name: name.clone(),
        subnet: subnet(context, &tenant)?,
        labels: context.labels(),
    };
    context.runtime.networks.ensure(&spec).await?;
    Ok(())
}

async fn reserve(context: &Context) -> Result<Tenant, StepError> {
    let tenant = context.tenant().await?;
    let mut tx = context.store.begin().await?;
    let index = subnets::reserve(&mut tx, tenant.id, context.settings.pool.size()).await?;
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
