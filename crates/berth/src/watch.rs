//! Waiting for an operation, and showing how it goes.
//!
//! # Invariants
//!
//! * Waiting never changes the operation: Ctrl-C ends the waiting only.
//! * A server that restarts in between is waited for; its operations go on when it is back.

mod display;

use std::time::Duration;

use berth_api::v1 as api;

use crate::change::ShowArgs;
use crate::client::Call;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::Interrupt;
use display::Display;

/// How long a server that went away may stay away.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait before asking again whether it is back.
const PAUSE: Duration = Duration::from_millis(500);

/// How the waiting ended.
#[derive(Debug)]
pub(crate) enum End {
    /// Nobody works on the operation any more.
    Rest(Box<api::Operation>),
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Waits until nobody works on the operation any more.
pub(crate) async fn until_rest(
    session: &Session<'_>,
    operation: api::Operation,
    ShowArgs { log }: ShowArgs,
) -> Result<End, Failure> {
    let id = operation.id.clone();
    let interrupt = Interrupt::listen()?;
    let mut display = Display::new(session.printer, log);
    let end = tokio::select! {
        rest = follow(session, operation, &mut display) => Some(rest),
        () = interrupt.pressed() => None,
    };
    display.finish();
    let Some(rest) = end else {
        session.printer.talk(&format!("{id} goes on without you"));
        session.printer.hint(&format!(
            "follow it with `berth operation watch {id}`, stop it with `berth operation cancel {id}`"
        ));
        return Ok(End::Interrupted);
    };
    if rest.as_ref().is_ok_and(|operation| !operation.is_done()) {
        display.recall();
    }
    rest.map(|operation| End::Rest(Box::new(operation)))
}

async fn follow(
    session: &Session<'_>,
    mut operation: api::Operation,
    display: &mut Display,
) -> Result<api::Operation, Failure> {
    // The last event that was seen, so that none is shown twice after a reconnection.
    let mut seen = 0;
    let mut gone_since = None;
    loop {
        display.update(&operation);
        if operation.is_at_rest() {
            return Ok(operation);
        }
        match listen(session, &mut operation, &mut seen, display).await {
            Ok(()) => gone_since = None,
            Err(
                failure @ (Failure::Lost(_)
                | Failure::NotRunning { .. }
                | Failure::Unreachable { .. }),
            ) => {
                let since = *gone_since.get_or_insert_with(|| {
                    session.printer.talk("berth went away; waiting for it to come back");
                    tokio::time::Instant::now()
                });
                if since.elapsed() > PATIENCE {
                    return Err(failure);
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Follows the events of the operation until they end, and looks at it once more.
async fn listen(
    session: &Session<'_>,
    operation: &mut api::Operation,
    seen: &mut i64,
    display: &mut Display,
) -> Result<(), Failure> {
    let client = &session.client;
    let events = Call::get(client.operation(&operation.id, "/events"))
        .header("last-event-id", (*seen > 0).then_some(*seen));
    let mut events = client.events(events).await?;
    while let Some(event) = events.next::<api::Event>().await? {
        *seen = event.id;
        match event.kind.as_str() {
            "progress" => display.progress(&event),
            "log" => display.log(&event),
            _ => {
                display.trouble(&event);
                *operation = client.call(Call::get(client.operation(&operation.id, ""))).await?;
                display.update(operation);
            }
        }
    }
    *operation = client.call(Call::get(client.operation(&operation.id, ""))).await?;
    Ok(())
}
