//! `berth person disable` and `berth person enable`

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

pub(crate) async fn run(
    args: Args,
    (verb, done): (&str, &str),
    session: &Session<'_>,
) -> Result<Exit, Failure> {
    let Args { who, dry_run } = args;
    let call = Call::post(who.path(&format!("/{verb}")));
    match change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await? {
        Made::AtOnce(person) if session.printer.is_json() => session.printer.json(&person)?,
        Made::AtOnce(_) => session.printer.data(&format!("{} is {done}", who.who))?,
        Made::Followed(_) => {}
    }
    Ok(Exit::Success)
}
