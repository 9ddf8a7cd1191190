//! `berth invitation`

mod create;
mod list;
mod revoke;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List invitations that nobody accepted yet
    List(PlaceArgs),
    /// Invite somebody, and show the code this once
    ///
    /// Whoever types it gets the account of that address. It is good once, for a week. Nobody invites
    /// above their own role.
    Create(create::Args),
    /// Take an invitation back
    Revoke(revoke::Args),
}

/// To what.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct PlaceArgs {
    /// To the installation: operators
    #[arg(long)]
    installation: bool,
}

impl PlaceArgs {
    fn path(self, session: &Session<'_>, end: &str) -> String {
        if self.installation {
            format!("/api/v1/invitations{end}")
        } else {
            session.client.path(&format!("/invitations{end}"))
        }
    }
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List(place) => list::run(place, session).await,
        Command::Create(args) => create::run(args, session).await,
        Command::Revoke(args) => revoke::run(args, session).await,
    }
}
