//! `berth config`

mod check;
mod sample;
mod show;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print a commented file with every setting and its default
    Sample,
    /// Find every mistake in a configuration
    Check(check::Args),
    /// Show every setting in force, and who set it
    Show(show::Args),
}

pub(crate) fn run(command: Command, session: Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Sample => sample::run(&session),
        Command::Check(args) => check::run(&args, &session),
        Command::Show(args) => show::run(args, session),
    }
}
