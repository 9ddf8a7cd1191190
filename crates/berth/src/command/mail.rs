//! `berth mail`

use super::webhook::test;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Send a mail to the readers that the configuration names, and say whether it was taken
    Test,
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Test => test::run("mail", session).await,
    }
}
