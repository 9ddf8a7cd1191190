//! Installs, upgrades or uninstalls modules of a tenant.
//!
//! 1. Visitors of a running tenant are told that it is being worked on, and its container is stopped.
//! 2. Its database is copied, so that whatever fails from here on is taken back.
//! 3. Odoo changes the modules in a container of its own, and what became of them is read back.
//! 4. The container is started.
//! 5. Its login page answers through the edge.
//! 6. The copy goes. **Pivot**: there is nothing to go back to any more.
//! 7. The route opens, or says what the tenant is. Nobody worked in the new database before.
//!
//! It ends in the state that it began in. A tenant that does not run is not started by it.

use async_trait::async_trait;
use berth_domain::saga::Outcome;
use berth_domain::{Event, Generation, ModuleName};
use berth_odoo::rework::Rework;
use berth_store::{Tx, tenants};
use serde::{Deserialize, Serialize};

use super::{before, input, settle_tenant};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, copy, network, rework, route};

steps! {
    /// What a change of modules consists of.
    ModulesStep {
        /// Undo: start it again, and let visitors in.
        Stop = "stop", "stopping the container", 300;
        /// Undo: drop the copy.
        Copy = "copy", "copying the database", 1800;
        /// Undo: go back to the copy.
        Modules = "modules", "changing the modules", 1800;
        /// Undo: stop it again.
        Container = "container", "starting the container", 180;
        Check = "check", "waiting for the login page", 180;
        Tidy = "tidy", "dropping the copy", 300;
        Publish = "publish", "opening the route", 60;
    }
}

/// What the operation was asked to do. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ModulesInput {
    /// What was asked for.
    pub(crate) modules: Vec<String>,
    /// What needs it and goes with it.
    pub(crate) dependents: Vec<String>,
    /// What was begun before and not finished, in words. It is forgotten.
    pub(crate) pending: Vec<String>,
    pub(crate) from: Wished,
    pub(crate) to: Wished,
}

/// The modules that the tenant is to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wished {
    pub(crate) modules: Vec<String>,
}

fn names(texts: &[String]) -> Result<Vec<ModuleName>, StepError> {
    let read = |text: &String| text.parse().map_err(|error| StepError::fail(format!("{error}")));
    texts.iter().map(read).collect()
}

async fn wish(context: &Context, wished: &Wished) -> Result<(), StepError> {
    let modules = names(&wished.modules)?;
    let mut tenant = context.tenant().await?;
    if tenant.odoo.modules == modules {
        return Ok(());
    }
    tenant.odoo.modules = modules;
    tenant.generation = Generation(tenant.generation.0 + 1);
    let mut tx = context.store.begin().await?;
    let _ = tenants::update(&mut tx, &tenant).await?;
    tx.commit().await?;
    Ok(())
}

async fn start(context: &Context) -> Result<(), StepError> {
    network::ensure(context).await?;
    container::ensure_started(context).await
}

pub(crate) struct Modules(pub(crate) Rework);

impl Modules {
    async fn change(&self, context: &Context) -> Result<(), StepError> {
        let ModulesInput { modules, dependents, to, .. } = input(context)?;
        let mut all = names(&modules)?;
        all.extend(names(&dependents)?);
        rework::run(context, self.0, &all).await?;
        wish(context, &to).await
    }
}

#[async_trait]
impl Saga for Modules {
    type Step = ModulesStep;
    const PIVOT: ModulesStep = ModulesStep::Tidy;

    async fn run(&self, step: ModulesStep, context: &Context) -> Result<(), StepError> {
        let was = before::state(context)?;
        match step {
            ModulesStep::Stop if was.is_up() => {
                route::maintenance(context).await?;
                container::stop(context).await
            }
            ModulesStep::Copy => copy::keep(context).await,
            ModulesStep::Modules => self.change(context).await,
            ModulesStep::Container if was.is_up() => start(context).await,
            ModulesStep::Check if was.is_up() => route::check(context).await,
            ModulesStep::Stop | ModulesStep::Container | ModulesStep::Check => Ok(()),
            ModulesStep::Tidy => copy::forget(context).await,
            ModulesStep::Publish => route::as_in(context, &was).await,
        }
    }

    async fn undo(&self, step: ModulesStep, context: &Context) -> Result<(), StepError> {
        let was = before::state(context)?;
        match step {
            ModulesStep::Stop => {
                if was.is_up() {
                    start(context).await?;
                    route::check(context).await?;
                }
                route::as_in(context, &was).await
            }
            ModulesStep::Copy => copy::forget(context).await,
            ModulesStep::Modules => {
                let ModulesInput { from, .. } = input(context)?;
                rework::remove(context).await?;
                copy::go_back(context).await?;
                wish(context, &from).await
            }
            ModulesStep::Container if was.is_up() => {
                route::maintenance(context).await?;
                container::stop(context).await
            }
            ModulesStep::Container
            | ModulesStep::Check
            | ModulesStep::Tidy
            | ModulesStep::Publish => Ok(()),
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<ModulesStep>,
    ) -> Result<(), StepError> {
        let event = match outcome {
            Outcome::Stuck(_) => {
                route::fail(context).await;
                before::failure(context)
            }
            Outcome::Committed | Outcome::RolledBack => {
                Event::Return { to: before::state(context)? }
            }
        };
        settle_tenant(tx, context, event).await
    }
}
