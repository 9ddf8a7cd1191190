//! `berth audit export`

use super::{FilterArgs, page};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// As many entries as one request may ask for.
const PAGE: u32 = 1000;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    filter: FilterArgs,
}

pub(crate) async fn run(Args { filter }: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let mut before = None;
    loop {
        let page = page(session, &filter, (before, PAGE)).await?;
        for entry in &page.items {
            session.printer.json_line(entry)?;
        }
        // A server that names something else than an entry is not understood, and not asked for ever.
        match page.next.map(|next| next.parse()) {
            Some(Ok(next)) => before = Some(next),
            Some(Err(error)) => return Err(anyhow::Error::new(error).into()),
            None => return Ok(Exit::Success),
        }
    }
}
