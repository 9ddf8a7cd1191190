//! `berth quota clear`

use http::Method;

use super::WhoArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    who: WhoArgs,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { who, dry_run } = args;
    let call = Call::new(Method::DELETE, who.path(session));
    let outcome = change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?;
    if matches!(outcome, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(&format!("the quota of {} is taken away", who.text()))?;
    }
    Ok(Exit::Success)
}
