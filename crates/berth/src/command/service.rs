//! `berth service`

mod install;
mod process;
mod status;
mod stop;
mod uninstall;
mod unit;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write a systemd unit that runs the server
    Install(install::Args),
    /// Remove the systemd unit
    Uninstall(uninstall::Args),
    /// Stop the server of this home and wait until it is gone
    Stop(stop::Args),
    /// Show whether the server runs and whether it starts with the system
    Status(unit::FolderArgs),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Install(args) => install::run(&args, session),
        Command::Uninstall(args) => uninstall::run(&args, session),
        Command::Stop(args) => stop::run(args, session),
        Command::Status(args) => status::run(&args, session).await,
    }
}
