//! Makes a tenant.
//!
//! 1. A network of its own is reserved and made.
//! 2. The blueprint is there, or is built now and kept. A PostgreSQL server that the tenant has for itself
//!    is made before.
//! 3. Role and database, cloned from the blueprint, with an identity of their own.
//! 4. Filestore and `odoo.conf`.
//! 5. Modules from the tenant's own addons folder, if it has one.
//! 6. The container.
//! 7. Its login page answers through the edge.
//! 8. The route opens. **Pivot.**

use async_trait::async_trait;
use berth_domain::saga::Outcome;
use berth_store::Tx;

use super::{remove_network, settle_new};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{blueprint, container, database, files, modules, network, route};

steps! {
    /// What a creation consists of.
    CreateStep {
        /// Undo: remove the network, free its number.
        Network = "network", "preparing a network", 60;
        /// Undo: remove what it did not finish; a blueprint that is ready is kept. A server that the tenant
        /// has for itself goes with everything on it.
        Blueprint = "blueprint", "preparing the blueprint", 1800;
        /// Undo: drop database and role.
        Database = "database", "cloning the database", 900;
        /// Undo: remove the folder.
        Files = "files", "copying files and writing odoo.conf", 900;
        /// Undo: remove the container that installs.
        Modules = "modules", "installing modules", 1800;
        /// Undo: remove the container.
        Container = "container", "starting the container", 120;
        /// Undo: forget the route.
        Check = "check", "waiting for the login page", 180;
        /// From here on the tenant takes traffic.
        Publish = "publish", "opening the route", 60;
    }
}

pub(crate) struct Create;

#[async_trait]
impl Saga for Create {
    type Step = CreateStep;
    const PIVOT: CreateStep = CreateStep::Publish;

    async fn run(&self, step: CreateStep, context: &Context) -> Result<(), StepError> {
        match step {
            CreateStep::Network => network::ensure(context).await,
            CreateStep::Blueprint => blueprint::ensure(context).await,
            CreateStep::Database => database::ensure(context).await,
            CreateStep::Files => files::ensure(context).await,
            CreateStep::Modules => {
                blueprint::let_go(context).await?;
                modules::ensure(context).await
            }
            CreateStep::Container => container::ensure_started(context).await,
            CreateStep::Check => route::check(context).await,
            CreateStep::Publish => route::open(context).await,
        }
    }

    async fn undo(&self, step: CreateStep, context: &Context) -> Result<(), StepError> {
        match step {
            CreateStep::Network => remove_network(context).await,
            CreateStep::Blueprint => blueprint::undo(context).await,
            CreateStep::Database => database::remove(context).await,
            CreateStep::Files => files::remove(context).await,
            CreateStep::Modules => modules::remove(context).await,
            CreateStep::Container => container::remove(context).await,
            CreateStep::Check | CreateStep::Publish => route::forget(context).await,
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<CreateStep>,
    ) -> Result<(), StepError> {
        settle_new(tx, context, outcome).await
    }
}
