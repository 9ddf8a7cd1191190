//! `berth member`

mod list;
mod set;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who belongs to the organisation, and as what
    List,
    /// Give a member another role; new ones come by `berth invitation create`
    Set(set::SetArgs),
    /// Take somebody out of the organisation; their account stays
    Remove(set::RemoveArgs),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Set(args) => set::set(args, session).await,
        Command::Remove(args) => set::remove(args, session).await,
    }
}
