//! `berth person reset`

use berth_api::v1 as api;

use super::WhoArgs;
use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    who: WhoArgs,
    /// Only their password, only their second factor, or only what makes them wait after others guessed
    #[arg(long, value_name = "WHAT", value_parser = ["password", "second-factor", "waiting"])]
    only: Option<String>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { who, only, dry_run } = args;
    let call = Call::post(who.path("/reset")).json(&api::PersonReset { only });
    if dry_run {
        return change::plan(session, call).await;
    }
    let reset: api::PersonWasReset = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&reset)?;
        return Ok(Exit::Success);
    }
    match &reset.code {
        Some(code) => {
            printer.data(code)?;
            printer
                .talk(&format!("{} is reset, and chooses a new password with this code", who.who));
            printer.talk("give it to them now: it is not shown again");
        }
        None => printer.data(&format!("{} is reset", who.who))?,
    }
    Ok(Exit::Success)
}
