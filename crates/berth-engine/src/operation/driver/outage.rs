//! What all operations need is away: the container engine, PostgreSQL, space on the disk.
//!
//! An attempt that failed for that says nothing about the step. It is not counted: the operation waits,
//! says for what, and goes on by itself. Whoever does not want to wait cancels it.
//!
//! # Invariants
//!
//! * Only what is asked and does not answer is away, or was seen to be away since the step began. An
//!   error alone proves nothing.
//! * A full disk is waited for only where there is no way back. Before that the operation unwinds, which
//!   gives back what it took.

#[cfg(test)]
mod tests;

use std::time::Duration;

use berth_domain::chain;
use berth_store::{StoreError, events, operations};
use serde_json::json;

use crate::operation::{Context, Needs, StepError};

/// How long the engine has to say that it is there.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is away is asked again after the pause before this attempt of a step.
const LOOK: u32 = 2;
/// The same before a full disk is tried again: whether there is space is only seen by trying.
const SPACE: u32 = 4;

/// How things were when the step began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    /// Whose the operation is.
    pub(super) epoch: i64,
    /// How far it was.
    pub(super) permille: u32,
    /// How often PostgreSQL had gone away.
    pub(super) losses: u64,
}

/// Whether a step failed because of an outage. If so, returns when it is over.
pub(super) async fn passed(
    context: &Context,
    since: Since,
    error: &StepError,
    has_no_way_back: bool,
) -> bool {
    if error.needs.space && has_no_way_back {
        say(context, since, &error.why).await;
        tokio::time::sleep((context.backoff)(SPACE)).await;
        return true;
    }
    let Some(mut lack) = lack(context, error.needs).await else {
        // It may have been away in between, and what failed for that was only seen later.
        return error.needs.cluster && context.gate().await.losses() != since.losses;
    };
    say(context, since, &lack).await;
    loop {
        tokio::time::sleep((context.backoff)(LOOK)).await;
        let Some(now) = self::lack(context, error.needs).await else { return true };
        if now != lack {
            say(context, since, &now).await;
            lack = now;
        }
    }
}

/// What is away at this moment, in words.
async fn lack(context: &Context, needs: Needs) -> Option<String> {
    if needs.engine {
        match tokio::time::timeout(PATIENCE, context.runtime.telemetry.engine()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Some(chain(&error)),
            Err(_) => return Some("the container engine does not answer".to_owned()),
        }
    }
    if needs.cluster {
        return context.gate().await.lacks().await.map(|lack| lack.to_string());
    }
    None
}

/// Tells everybody who watches. When even that cannot be written, the log has it.
async fn say(context: &Context, since: Since, lack: &str) {
    let id = context.operation.id;
    tracing::warn!(operation.id = %id, lack, "an operation waits");
    if let Err(error) = write(context, since, &format!("waiting: {lack}")).await {
        tracing::warn!(operation.id = %id, error = %chain(&error), "cannot say that it waits");
    }
}

async fn write(
    context: &Context,
    Since { epoch, permille, .. }: Since,
    text: &str,
) -> Result<(), StoreError> {
    let id = context.operation.id;
    let mut tx = context.store.begin().await?;
    let _ = operations::set_progress(&mut tx, id, epoch, permille, text).await?;
    let data = json!({ "permille": permille, "text": text });
    let event = context.reporter.event("progress", data);
    events::append(&mut tx, &event, context.clock.now()).await?;
    tx.commit().await?;
    context.announce();
    Ok(())
}
