//! `berth config sample`

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    session.printer.raw(berth_config::sample().as_bytes())?;
    Ok(Exit::Success)
}
