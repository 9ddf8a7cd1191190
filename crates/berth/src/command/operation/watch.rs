//! `berth operation watch`

use berth_api::v1 as api;

use super::{IdArgs, said};
use crate::change::{self, Outcome, WaitArgs};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(args: IdArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let path = session.client.operation(&args.id.to_string(), "");
    let operation: api::Operation = session.client.call(Call::get(path)).await?;
    match change::follow(session, operation, WaitArgs { no_wait: false }).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) => said(session, &operation),
    }
}
