//! Blocks until told. For trying out recovery, by hand and in tests.

use async_trait::async_trait;
use berth_domain::Timestamp;
use berth_domain::saga::Outcome;
use berth_store::operations::Operation;
use berth_store::{StoreError, Tx, events};

use crate::operation::reporter::Reporter;
use crate::operation::step::steps;
use crate::operation::{Context, Saga, StepError};

steps! {
    /// What a demo consists of.
    DemoStep {
        Begin = "begin", "beginning", 10;
        /// Waits for `berth operation release`.
        Wait = "wait", "waiting to be released", 86400;
        End = "end", "ending", 10;
    }
}

pub(crate) struct Demo;

#[async_trait]
impl Saga for Demo {
    type Step = DemoStep;
    const PIVOT: DemoStep = DemoStep::End;

    async fn run(&self, step: DemoStep, context: &Context) -> Result<(), StepError> {
        match step {
            DemoStep::Begin | DemoStep::End => {
                context.reporter.log(step_text(step));
                Ok(())
            }
            DemoStep::Wait => wait(context).await,
        }
    }

    async fn undo(&self, step: DemoStep, context: &Context) -> Result<(), StepError> {
        context.reporter.log(&format!("undoing: {}", step_text(step)));
        Ok(())
    }

    async fn settle(&self, _: &mut Tx, _: &Context, _: Outcome<DemoStep>) -> Result<(), StepError> {
        Ok(())
    }
}

fn step_text(step: DemoStep) -> &'static str {
    crate::operation::Step::text(step)
}

/// The event that ends the wait.
const RELEASED: &str = "released";

/// Lets a demo go on.
pub(crate) async fn release(
    tx: &mut Tx,
    reporter: &Reporter,
    at: Timestamp,
) -> Result<(), StoreError> {
    events::append(tx, &reporter.event(RELEASED, serde_json::json!({})), at).await?;
    Ok(())
}

async fn wait(context: &Context) -> Result<(), StepError> {
    let mut news = context.latest.subscribe();
    let Operation { id, organisation, .. } = context.operation;
    loop {
        news.mark_unchanged();
        let mut tx = context.store.read().await?;
        let told = events::after(&mut tx, organisation, 0, Some(id), u32::MAX >> 1).await?;
        drop(tx);
        if told.rows.iter().any(|event| event.kind == RELEASED) {
            return Ok(());
        }
        // The sender lives in the engine, which outlives its operations.
        let _ = news.changed().await;
    }
}
