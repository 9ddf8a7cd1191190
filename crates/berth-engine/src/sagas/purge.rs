//! Removes a tenant and everything that is its own, for good.
//!
//! 1. The route is forgotten: nobody reaches it any more. **Pivot**: a removal is retried, never
//!    taken back.
//! 2. The container goes.
//! 3. The network goes and its number is free again.
//! 4. Database and role go, or the PostgreSQL server that the tenant has for itself.
//! 5. The folder goes.
//!
//! The row and its secrets go in the transaction that ends the operation. One that is cancelled before
//! its turn comes leaves the tenant as it was.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::{Tx, tenants};

use super::{before, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, database, files, modules, network, route};

steps! {
    /// What a removal consists of.
    PurgeStep {
        Route = "route", "closing the route", 30;
        Container = "container", "removing the container", 120;
        Network = "network", "removing the network", 60;
        Database = "database", "dropping the database", 300;
        Files = "files", "removing files", 900;
    }
}

pub(crate) struct Purge;

#[async_trait]
impl Saga for Purge {
    type Step = PurgeStep;
    const PIVOT: PurgeStep = PurgeStep::Route;

    async fn run(&self, step: PurgeStep, context: &Context) -> Result<(), StepError> {
        match step {
            PurgeStep::Route => route::forget(context).await,
            PurgeStep::Container => {
                modules::remove_all(context).await?;
                container::remove(context).await
            }
            PurgeStep::Network => network::remove(context).await,
            PurgeStep::Database => database::remove(context).await,
            PurgeStep::Files => files::remove(context).await,
        }
    }

    /// There is nothing before the pivot, so there is nothing to undo.
    async fn undo(&self, _: PurgeStep, _: &Context) -> Result<(), StepError> {
        Ok(())
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<PurgeStep>,
    ) -> Result<(), StepError> {
        match outcome {
            Outcome::Committed => {
                let _ = tenants::delete(tx, context.tenant_id()).await?;
                context.own_clusters.forget(context.tenant_id());
                Ok(())
            }
            // It was cancelled before its turn came.
            Outcome::RolledBack => {
                settle_tenant(tx, context, Event::Return { to: before::state(context)? }).await
            }
            // It stays `deleting`, and `berth operation retry` goes on.
            Outcome::Stuck(_) => Ok(()),
        }
    }
}
