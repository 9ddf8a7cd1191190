//! Gives a tenant another name and host. What it consists of elsewhere is called as before.
//!
//! 1. The row gets the new name and host. Both pairs stay taken until the operation is at rest.
//! 2. Odoo is told its new address.
//! 3. A running tenant's container is replaced, because Odoo has the old address in memory. Visitors
//!    of the new host wait at the edge meanwhile; the old host is unknown from here on.
//! 4. Its login page answers under the new host.
//! 5. The route opens, or says what the tenant is. **Pivot.**
//!
//! It ends in the state that it began in.

use async_trait::async_trait;
use berth_domain::saga::Outcome;
use berth_domain::{HostName, TenantName};
use berth_store::{Tx, names};
use serde::{Deserialize, Serialize};

use super::{before, input, settle_as_before};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, database, route, wishes};

steps! {
    /// What a renaming consists of.
    RenameStep {
        /// Undo: the old name and host, a container that follows them, and the route.
        Name = "name", "writing the new name", 60;
        /// Undo: the old address.
        Address = "address", "telling Odoo its address", 60;
        /// Undo: part of undoing the first.
        Container = "container", "replacing the container", 180;
        Check = "check", "waiting for the login page", 180;
        Publish = "publish", "opening the route", 60;
    }
}

/// What the operation was asked to do. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RenameInput {
    pub(crate) from: Called,
    pub(crate) to: Called,
}

/// What people call a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Called {
    name: String,
    host: String,
}

impl Called {
    pub(crate) fn new(name: &TenantName, host: &HostName) -> Self {
        Self { name: name.to_string(), host: host.to_string() }
    }

    pub(crate) fn read(&self) -> Option<(TenantName, HostName)> {
        Some((self.name.parse().ok()?, self.host.parse().ok()?))
    }
}

fn read(called: &Called) -> Result<(TenantName, HostName), StepError> {
    called.read().ok_or_else(|| StepError::fail("cannot read the names that were asked for"))
}

async fn call(context: &Context, called: &Called) -> Result<(), StepError> {
    let (name, host) = read(called)?;
    let mut tenant = context.tenant().await?;
    if tenant.name == name && tenant.host == host {
        return Ok(());
    }
    (tenant.name, tenant.host) = (name, host);
    let mut tx = context.store.begin().await?;
    wishes::rename(&mut tx, tenant).await?;
    tx.commit().await?;
    Ok(())
}

pub(crate) struct Rename;

#[async_trait]
impl Saga for Rename {
    type Step = RenameStep;
    const PIVOT: RenameStep = RenameStep::Publish;

    async fn run(&self, step: RenameStep, context: &Context) -> Result<(), StepError> {
        let RenameInput { to, .. } = input(context)?;
        let was = before::state(context)?;
        match step {
            RenameStep::Name => call(context, &to).await,
            RenameStep::Address => database::set_address(context, &read(&to)?.1).await,
            RenameStep::Container if was.is_up() => {
                route::hold(context).await?;
                container::ensure_started(context).await
            }
            RenameStep::Check if was.is_up() => route::check_behind_hold(context).await,
            RenameStep::Container | RenameStep::Check => Ok(()),
            RenameStep::Publish => route::as_in(context, &was).await,
        }
    }

    async fn undo(&self, step: RenameStep, context: &Context) -> Result<(), StepError> {
        let RenameInput { from, .. } = input(context)?;
        match step {
            RenameStep::Name => {
                let was = before::state(context)?;
                call(context, &from).await?;
                if was.is_up() {
                    route::hold(context).await?;
                    container::ensure_started(context).await?;
                    route::check_behind_hold(context).await?;
                }
                route::as_in(context, &was).await
            }
            RenameStep::Address => database::set_address(context, &read(&from)?.1).await,
            RenameStep::Container | RenameStep::Check | RenameStep::Publish => Ok(()),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<RenameStep>,
    ) -> Result<(), StepError> {
        match outcome {
            // Both names stay taken: somebody goes on with it.
            Outcome::Stuck(_) => {}
            Outcome::Committed | Outcome::RolledBack => {
                names::release(tx, context.tenant_id()).await?;
            }
        }
        settle_as_before(tx, context, outcome).await
    }
}
