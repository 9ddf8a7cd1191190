//! `berth operation`

mod cancel;
mod demo;
mod list;
mod release;
mod retry;
mod show;
mod undo;
mod watch;

use berth_api::v1 as api;
use berth_domain::OperationId;

use crate::change::{self, ChangeArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List operations, newest first
    List(list::Args),
    /// Show an operation and its steps
    Show(IdArgs),
    /// Follow an operation until nobody works on it any more
    Watch(watch::Args),
    /// Stop an operation and take back what it did so far
    Cancel(AskArgs),
    /// Try a stuck operation again, in the direction it was going
    Retry(AskArgs),
    /// Take back what a stuck operation did
    Undo(AskArgs),
    /// Begin an operation that blocks until it is released, to try out recovery
    Demo(demo::Args),
    /// Let a demo go on
    Release(AskArgs),
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct IdArgs {
    /// The operation: op_ and 32 hexadecimal digits
    id: OperationId,
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct AskArgs {
    /// The operation: op_ and 32 hexadecimal digits
    id: OperationId,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List(args) => list::run(args, session).await,
        Command::Show(args) => show::run(args, session).await,
        Command::Watch(args) => watch::run(args, session).await,
        Command::Cancel(args) => cancel::run(args, session).await,
        Command::Retry(args) => retry::run(args, session).await,
        Command::Undo(args) => undo::run(args, session).await,
        Command::Demo(args) => demo::run(args, session).await,
        Command::Release(args) => release::run(args, session).await,
    }
}

/// Asks for something, and waits until the operation ends in the state `wanted`.
async fn ask(
    session: &Session<'_>,
    args: AskArgs,
    end: &str,
    wanted: &'static str,
) -> Result<Exit, Failure> {
    let path = session.client.operation(&args.id.to_string(), end);
    match change::make(session, Call::post(path), args.change).await {
        Ok(Outcome::Said(exit)) => Ok(exit),
        Ok(Outcome::Done(operation)) if operation.state == wanted => said(session, &operation),
        Err(Failure::Operation(operation)) if operation.state == wanted => {
            if session.printer.is_json() {
                return Ok(Exit::Success);
            }
            said(session, &operation)
        }
        Ok(Outcome::Done(operation)) => Err(Failure::Operation(operation)),
        Err(failure) => Err(failure),
    }
}

fn said(session: &Session<'_>, operation: &api::Operation) -> Result<Exit, Failure> {
    let api::Operation { kind, target, state, .. } = operation;
    session.printer.data(&format!("{kind} of {target} is {state}"))?;
    Ok(Exit::Success)
}
