//! `berth operation demo`

use berth_api::v1 as api;

use super::said;
use crate::change::{self, ChangeArgs, Outcome};
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
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call =
        Call::post(session.client.path("/operations")).json(&api::DemoCreate { name: args.name });
    let ChangeArgs { dry_run, wait } = args.change;
    if dry_run {
        return change::plan(session, call).await;
    }
    let operation: api::Operation = session.client.call(call).await?;
    if !wait.no_wait {
        session
            .printer
            .hint(&format!("let it go on with `berth operation release {}`", operation.id));
    }
    match change::follow(session, operation, wait).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) => said(session, &operation),
    }
}
