//! `berth operation watch`

use berth_api::v1 as api;
use berth_domain::OperationId;

use super::said;
use crate::change::{self, Outcome, ShowArgs, WaitArgs};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// The operation: op_ and 32 hexadecimal digits
    id: OperationId,
    #[command(flatten)]
    show: ShowArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let path = session.client.operation(&args.id.to_string(), "");
    let operation: api::Operation = session.client.call(Call::get(path)).await?;
    match change::follow(session, operation, WaitArgs { no_wait: false, show: args.show }).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) => said(session, &operation),
    }
}
