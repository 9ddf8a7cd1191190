//! `berth tenant logs`

use std::io::IsTerminal as _;

use berth_api::v1 as api;
use berth_domain::TenantName;

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
    /// Only lines younger than this: a span as in 2h, or a time as in 2026-05-04T10:00:00Z
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only lines up to this
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Only messages with this text in them, whatever the case
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only messages at least so important: debug, info, warning, error or critical
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// Only what the container before this one said
    #[arg(long, conflicts_with = "follow")]
    previous: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.tenant(&args.name, "/logs"))
        .ask("follow", args.follow.then_some(true))
        .ask("tail", args.tail)
        .ask("since", args.since)
        .ask("until", args.until)
        .ask("search", args.search)
        .ask("level", args.level)
        .ask("previous", args.previous.then_some(true));
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
        let text = match line.source.as_str() {
            "berth" => format!("-- berth: {}", line.text),
            _ => line.text.clone(),
        };
        if session.printer.is_json() {
            session.printer.json_line(&line)?;
        } else if is_terminal {
            session.printer.data(&text)?;
        } else {
            session.printer.raw(format!("{text}\n").as_bytes())?;
        }
    }
    Ok(())
}
