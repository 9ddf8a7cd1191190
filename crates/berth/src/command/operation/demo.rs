//! `berth operation demo`

use berth_api::v1 as api;

use super::said;
use crate::change::{self, Outcome, WaitArgs};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// What it is called
    #[arg(default_value = "rehearsal")]
    name: String,
    #[command(flatten)]
    wait: WaitArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call =
        Call::post(session.client.path("/operations")).json(&api::DemoCreate { name: args.name });
    let operation: api::Operation = session.client.call(call).await?;
    if !args.wait.no_wait {
        session
            .printer
            .hint(&format!("let it go on with `berth operation release {}`", operation.id));
    }
    match change::follow(session, operation, args.wait).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) => said(session, &operation),
    }
}
