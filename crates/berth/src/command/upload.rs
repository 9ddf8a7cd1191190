//! `berth upload`

mod list;
mod remove;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List backups that were sent in; `berth tenant import --upload` takes their ids
    List,
    /// Remove a backup that was sent in
    Remove(remove::Args),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Remove(args) => remove::run(args, session).await,
    }
}
