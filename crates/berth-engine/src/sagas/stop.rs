//! Stops or suspends a tenant. Everything it has is kept.
//!
//! 1. The route says so. **Pivot**: visitors know, so it is finished, not taken back.
//! 2. The container is stopped.

use async_trait::async_trait;
use berth_domain::Event;
use berth_domain::saga::Outcome;
use berth_store::Tx;

use super::{before, settle_tenant};
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

/// What the tenant is to be afterwards.
pub(crate) enum Stop {
    /// 503: whoever may start it may do so.
    Stopped,
    /// 403: an operator has to open it again.
    Suspended,
}

#[async_trait]
impl Saga for Stop {
    type Step = StopStep;
    const PIVOT: StopStep = StopStep::Route;

    async fn run(&self, step: StopStep, context: &Context) -> Result<(), StepError> {
        match (step, self) {
            (StopStep::Route, Self::Stopped) => route::stopped(context).await,
            (StopStep::Route, Self::Suspended) => route::suspended(context).await,
            (StopStep::Container, _) => container::stop(context).await,
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
        let event = match (outcome, self) {
            (Outcome::Committed, Self::Stopped) => Event::Halt { at },
            (Outcome::Committed, Self::Suspended) => Event::Suspend { at },
            // Cancelled before it began.
            (Outcome::RolledBack, _) => Event::Return { to: before::state(context)? },
            (Outcome::Stuck(_), _) => before::failure(context),
        };
        settle_tenant(tx, context, event).await
    }
}
