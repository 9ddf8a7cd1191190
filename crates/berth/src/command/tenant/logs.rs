//! `berth tenant logs`

use std::io::IsTerminal as _;

use berth_api::v1 as api;
use berth_domain::{TenantName, Timestamp};

use crate::client::{Call, Events};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::Interrupt;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Wait for more after the last line
    #[arg(long, short)]
    follow: bool,
    /// Only the last so many lines [default: all that are kept]
    #[arg(long, short = 'n', value_name = "N")]
    tail: Option<u32>,
    /// Only lines younger than this, as in 2026-05-04T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.tenant(&args.name, "/logs"))
        .ask("follow", args.follow.then_some(true))
        .ask("tail", args.tail)
        .ask("since", args.since);
    let interrupt = Interrupt::listen()?;
    let lines = session.client.events(call).await?;
    tokio::select! {
        printed = print(session, lines) => printed.map(|()| Exit::Success),
        // Somebody has seen enough.
        () = interrupt.pressed() => Ok(Exit::Interrupted),
    }
}

async fn print(session: &Session<'_>, mut lines: Events) -> Result<(), Failure> {
    let is_terminal = std::io::stdout().is_terminal();
    while let Some(line) = lines.next::<api::LogLine>().await? {
        if session.printer.is_json() {
            session.printer.json_line(&line)?;
        } else if is_terminal {
            session.printer.data(&line.text)?;
        } else {
            session.printer.raw(format!("{}\n", line.text).as_bytes())?;
        }
    }
    Ok(())
}
