//! `berth person unlink`

use http::Method;

use super::WhoArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::{Call, part};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    who: WhoArgs,
    /// The provider's id, as `berth person show` says it
    provider: String,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { who, provider, dry_run } = args;
    let path = who.path(&format!("/providers/{}", part(&provider)));
    let call = Call::new(Method::DELETE, path);
    let made = change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?;
    if matches!(made, Made::AtOnce(_)) && !session.printer.is_json() {
        let done = format!("{} is not linked with {provider} any more", who.who);
        session.printer.data(&done)?;
    }
    Ok(Exit::Success)
}
