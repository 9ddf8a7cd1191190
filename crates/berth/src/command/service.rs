//! `berth service`

mod install;
mod process;
mod status;
mod stop;
mod uninstall;
mod unit;
mod upgrade;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write systemd units that run the server and listen for it
    Install(install::Args),
    /// Remove the systemd units
    Uninstall(uninstall::Args),
    /// Stop the server of this home and wait until it is gone
    Stop(stop::Args),
    /// Let a new process of the installed program take over; nobody is refused meanwhile
    Upgrade(upgrade::Args),
    /// Show whether the server runs and whether it starts with the system
    Status(unit::FolderArgs),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Install(args) => install::run(&args, session),
        Command::Uninstall(args) => uninstall::run(&args, session),
        Command::Stop(args) => stop::run(args, session),
        Command::Upgrade(args) => upgrade::run(args, session).await,
        Command::Status(args) => status::run(&args, session).await,
    }
}
