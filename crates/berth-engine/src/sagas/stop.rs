//! Stops a tenant. Everything it has is kept.
//!
//! 1. The route says that it is stopped. **Pivot**: visitors know, so it is finished, not taken back.
//! 2. The container is stopped.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::Tx;

use super::settle_tenant;
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};
use crate::parts::{container, route};

steps! {
    /// What a stop consists of.
    StopStep {
        Route = "route", "closing the route", 30;
        Container = "container", "stopping the container", 120;
    }
}

pub(crate) struct Stop;

#[async_trait]
impl Saga for Stop {
    type Step = StopStep;
    const PIVOT: StopStep = StopStep::Route;

    async fn run(&self, step: StopStep, context: &Context) -> Result<(), StepError> {
        match step {
            StopStep::Route => route::stopped(context).await,
            StopStep::Container => container::stop(context).await,
        }
    }

    /// There is nothing before the pivot, so there is nothing to undo.
    async fn undo(&self, _: StopStep, _: &Context) -> Result<(), StepError> {
        Ok(())
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        context: &Context,
        outcome: Outcome<StopStep>,
    ) -> Result<(), StepError> {
        let at = context.clock.now();
        let event = match outcome {
            Outcome::Committed | Outcome::RolledBack => Event::Halt { at },
            Outcome::Stuck(_) => Event::Fail { at },
        };
        settle_tenant(tx, context, event).await
    }
}
