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
use berth_domain::ModuleName;
use berth_domain::saga::Outcome;
use berth_odoo::rework::Rework;
use berth_store::Tx;
use serde::{Deserialize, Serialize};

use super::{before, input, settle_as_before};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, copy, network, rework, route, wishes};

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
    pub(crate) modules: Vec<ModuleName>,
    /// What needs it and goes with it.
    pub(crate) dependents: Vec<ModuleName>,
    /// What was begun before and not finished, in words. It is forgotten.
    pub(crate) pending: Vec<String>,
    pub(crate) from: Wished,
    pub(crate) to: Wished,
}

/// The modules that the tenant is to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wished {
    pub(crate) modules: Vec<ModuleName>,
}

/// Names, as people read them.
pub(crate) fn listed(names: &[ModuleName]) -> String {
    names.iter().map(ModuleName::as_str).collect::<Vec<_>>().join(", ")
}

async fn wish(context: &Context, wished: Wished) -> Result<(), StepError> {
    let mut tenant = context.tenant().await?;
    if tenant.odoo.modules == wished.modules {
        return Ok(());
    }
    tenant.odoo.modules = wished.modules;
    let mut tx = context.store.begin().await?;
    wishes::write(&mut tx, tenant).await?;
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
        let all = [modules, dependents].concat();
        rework::run(context, self.0, &all).await?;
        wish(context, to).await
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
                wish(context, from).await
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
        settle_as_before(tx, context, outcome).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_read_as_it_was_always_kept() {
        let kept = json!({
            "modules": ["crm", "sale_management"],
            "dependents": ["appointment"],
            "pending": ["`stock` is to install"],
            "from": { "modules": ["crm"] },
            "to": { "modules": [] },
        });

        let input: ModulesInput = serde_json::from_value(kept.clone()).unwrap();

        assert_eq!(input.modules, ["crm", "sale_management"].map(|name| name.parse().unwrap()));
        assert_eq!(serde_json::to_value(&input).unwrap(), kept);
    }

    #[test]
    fn what_is_no_module_is_told() {
        let kept = json!({
            "modules": ["../crm"], "dependents": [], "pending": [],
            "from": { "modules": [] }, "to": { "modules": [] },
        });

        let error = serde_json::from_value::<ModulesInput>(kept).unwrap_err();

        assert!(error.to_string().starts_with("`../crm` is not a module name"), "{error}");
    }
}
