//! Gives a tenant other limits or another stage.
//!
//! 1. The new wishes are written, and `odoo.conf` that follows from them.
//! 2. A running tenant's container is replaced while visitors wait at the edge.
//! 3. Its login page answers through the edge.
//! 4. The route opens, or says what the tenant is. **Pivot.**
//!
//! It ends in the state that it began in. A tenant that does not run only gets the first step.

use async_trait::async_trait;
use berth_domain::saga::Outcome;
use berth_domain::{Bytes, Limits, Stage, Tenant};
use berth_store::Tx;
use serde::{Deserialize, Serialize};

use super::{before, input, settle_as_before};
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, files, route, wishes};

steps! {
    /// What a change of wishes consists of.
    SetStep {
        /// Undo: the old wishes, and a container that follows them.
        Apply = "apply", "writing the new settings", 60;
        /// Undo: part of undoing the first.
        Container = "container", "replacing the container", 180;
        Check = "check", "waiting for the login page", 180;
        Publish = "publish", "opening the route", 60;
    }
}

/// What the operation was asked to do. Its JSON is kept in the journal: fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetInput {
    pub(crate) from: Wishes,
    pub(crate) to: Wishes,
}

/// What can be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wishes {
    pub(crate) cpu_millis: u32,
    pub(crate) memory: u64,
    pub(crate) pids: u32,
    pub(crate) stage: String,
}

impl Wishes {
    pub(crate) fn of(limits: Limits, stage: Stage) -> Self {
        let Limits { cpu_millis, memory, pids } = limits;
        Self { cpu_millis, memory: memory.0, pids, stage: stage.to_string() }
    }

    fn apply(&self, tenant: &mut Tenant) -> Result<(), StepError> {
        tenant.limits =
            Limits { cpu_millis: self.cpu_millis, memory: Bytes(self.memory), pids: self.pids };
        tenant.stage = self.stage.parse().map_err(|e| StepError::fail(format!("{e}")))?;
        Ok(())
    }
}

async fn wish(context: &Context, wished: &Wishes) -> Result<(), StepError> {
    let mut tenant = context.tenant().await?;
    if Wishes::of(tenant.limits, tenant.stage) != *wished {
        wished.apply(&mut tenant)?;
        let mut tx = context.store.begin().await?;
        // What follows from them is written of the tenant as it is by then.
        tenant = wishes::write(&mut tx, tenant).await?;
        tx.commit().await?;
    }
    files::write_conf(context, &tenant).await
}

pub(crate) struct Set;

#[async_trait]
impl Saga for Set {
    type Step = SetStep;
    const PIVOT: SetStep = SetStep::Publish;

    async fn run(&self, step: SetStep, context: &Context) -> Result<(), StepError> {
        let SetInput { to, .. } = input(context)?;
        let was = before::state(context)?;
        match step {
            SetStep::Apply => wish(context, &to).await,
            SetStep::Container if was.is_up() => {
                route::hold(context).await?;
                container::ensure_started(context).await
            }
            SetStep::Check if was.is_up() => route::check_behind_hold(context).await,
            SetStep::Container | SetStep::Check => Ok(()),
            SetStep::Publish => route::as_in(context, &was).await,
        }
    }

    async fn undo(&self, step: SetStep, context: &Context) -> Result<(), StepError> {
        if step != SetStep::Apply {
            return Ok(());
        }
        let SetInput { from, .. } = input(context)?;
        let was = before::state(context)?;
        if was.is_up() {
            route::hold(context).await?;
        }
        wish(context, &from).await?;
        if was.is_up() {
            container::ensure_started(context).await?;
            route::check_behind_hold(context).await?;
        }
        route::as_in(context, &was).await
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<SetStep>,
    ) -> Result<(), StepError> {
        settle_as_before(tx, context, outcome).await
    }
}
