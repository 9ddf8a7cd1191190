//! One try of a step, for as long as the step may take, and the places where a test may interfere.

use crate::operation::{Context, Needs, Saga, Step, StepError};

/// Stops here if a test says so. Without the feature `failpoints` there is nothing here.
#[cfg(feature = "failpoints")]
macro_rules! failpoint {
    ($context:expr, $step:expr, $undo:expr, $phase:ident) => {
        steered::reach($context, $step, $undo, crate::failpoint::Phase::$phase).await
    };
}
#[cfg(not(feature = "failpoints"))]
macro_rules! failpoint {
    ($context:expr, $step:expr, $undo:expr, $phase:ident) => {
        Ok::<(), StepError>(())
    };
}

/// Runs or undoes the step. What takes too long is dropped, which is what a crash is, too.
pub(super) async fn take<S: Saga>(
    saga: &S,
    context: &Context,
    step: S::Step,
    undo: bool,
) -> Result<(), StepError> {
    let work = async {
        failpoint!(context, step, undo, Before)?;
        if undo { saga.undo(step, context).await } else { saga.run(step, context).await }?;
        failpoint!(context, step, undo, Effect)
    };
    tokio::select! {
        result = work => result,
        () = expiry(context, step, undo) => Err(StepError::retry(format!(
            "{} took longer than {} s",
            step.text(),
            step.deadline().as_secs()
        ))
        .needing(Needs::BOTH)),
    }
}

/// Returns when the time of the try is over.
async fn expiry<S: Step>(context: &Context, step: S, undo: bool) {
    let declared = tokio::time::sleep(step.deadline());
    #[cfg(feature = "failpoints")]
    tokio::select! {
        () = declared => {}
        () = steered::expired(context, step, undo) => {}
    }
    #[cfg(not(feature = "failpoints"))]
    {
        let _ = (context, undo);
        declared.await;
    }
}

/// The outcome of a try is in the journal.
#[cfg_attr(
    not(feature = "failpoints"),
    expect(clippy::unused_async, reason = "it waits only where a test may stop it")
)]
pub(super) async fn journalled<S: Step>(context: &Context, step: S, undo: bool) {
    // There is nothing left that could fail.
    let _ = failpoint!(context, step, undo, Journal);
    #[cfg(not(feature = "failpoints"))]
    let _ = (context, step, undo);
}

#[cfg(feature = "failpoints")]
mod steered {
    use crate::failpoint::{Direction, Injected, Phase, Place};
    use crate::operation::{Context, Step, StepError};

    pub(super) async fn reach<S: Step>(
        context: &Context,
        step: S,
        undo: bool,
        phase: Phase,
    ) -> Result<(), StepError> {
        let place = place(context, step, undo, phase);
        let why = format!("a test failed `{place}`");
        match context.failpoints.reached(place).await {
            Ok(()) => Ok(()),
            Err(Injected::Fails) => Err(StepError::fail(why)),
            Err(Injected::Falters) => Err(StepError::retry(why)),
        }
    }

    pub(super) async fn expired<S: Step>(context: &Context, step: S, undo: bool) {
        let place = place(context, step, undo, Phase::Before);
        context.failpoints.expired(&place).await;
    }

    fn place<S: Step>(context: &Context, step: S, undo: bool, phase: Phase) -> Place {
        let direction = if undo { Direction::Undo } else { Direction::Run };
        Place { kind: context.operation.kind, step: step.label().to_owned(), direction, phase }
    }
}
