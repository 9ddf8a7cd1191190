//! `berth token`

mod create;
mod list;
mod revoke;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List tokens; what they say is not shown
    List(PlaceArgs),
    /// Make a token, and show what it says this once
    ///
    /// Whoever shows it acts as the account, with the rights of the scope and no others. Programs send
    /// it as `Authorization: Bearer`; this one reads it from the variable `BERTH_TOKEN`.
    Create(create::Args),
    /// Revoke a token
    Revoke(revoke::Args),
}

/// Whose tokens are meant.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct PlaceArgs {
    /// Of the installation: good for all organisations
    #[arg(long)]
    installation: bool,
}

impl PlaceArgs {
    fn path(self, session: &Session<'_>, end: &str) -> String {
        if self.installation {
            format!("/api/v1/tokens{end}")
        } else {
            session.client.path(&format!("/tokens{end}"))
        }
    }
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List(args) => list::run(args, session).await,
        Command::Create(args) => create::run(args, session).await,
        Command::Revoke(args) => revoke::run(args, session).await,
    }
}
