//! `berth orphans`

mod adopt;
mod list;
mod remove;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List what carries this home's label or one of its names and belongs to nobody
    List,
    /// Make an archived tenant of a database, a role and a folder whose row is gone
    Adopt(adopt::Args),
    /// Remove what belongs to nobody, for good
    Remove(remove::Args),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Adopt(args) => adopt::run(args, session).await,
        Command::Remove(args) => remove::run(args, session).await,
    }
}
