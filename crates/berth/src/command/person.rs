//! `berth person`

mod disable;
mod list;
mod reset;
mod sessions;
mod show;
mod unlink;

use crate::client::part;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List everybody who has an account
    List,
    /// Show somebody
    Show(WhoArgs),
    /// Let somebody do nothing any more: their sessions end, their tokens are no good
    Disable(disable::Args),
    /// Let somebody in again
    Enable(disable::Args),
    /// Take from somebody what they prove themselves with, on the host only
    ///
    /// Their sessions end. If their password is taken, a code is printed with which they choose a new
    /// one; it is good once, for a week.
    Reset(reset::Args),
    /// Unlink somebody's account from a foreign provider: they do not sign in there any more
    ///
    /// Their sessions end, and roles that the provider's groups brought go. Without a password they sign in
    /// nowhere: `berth person reset --only password` gives them a code for one.
    Unlink(unlink::Args),
    /// List somebody's sessions, or end them
    Sessions(sessions::Args),
}

/// Who is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WhoArgs {
    /// Their e-mail address, or their id
    #[arg(value_name = "PERSON")]
    who: String,
}

impl WhoArgs {
    fn path(&self, end: &str) -> String {
        format!("/api/v1/people/{}{end}", part(&self.who))
    }
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Show(who) => show::run(&who, session).await,
        Command::Disable(args) => disable::run(args, ("disable", "disabled"), session).await,
        Command::Enable(args) => disable::run(args, ("enable", "enabled"), session).await,
        Command::Reset(args) => reset::run(args, session).await,
        Command::Unlink(args) => unlink::run(args, session).await,
        Command::Sessions(args) => sessions::run(args, session).await,
    }
}
