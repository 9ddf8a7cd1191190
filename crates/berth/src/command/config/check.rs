//! `berth config check`

use std::path::PathBuf;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The file to check, and nothing else. Left out: what `berth serve` would read
    file: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, session: &Session<'_>) -> Result<Exit, Failure> {
    match &args.file {
        Some(file) => berth_config::check_file(file)?,
        None => berth_config::load(&session.sources).map(|_| ())?,
    }
    session.printer.talk("the configuration is valid");
    Ok(Exit::Success)
}
