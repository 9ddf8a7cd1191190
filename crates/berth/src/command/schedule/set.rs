//! `berth schedule set`, `pause` and `resume`

use berth_api::v1 as api;
use http::Method;

use super::NameArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// What is not named stays as it is.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true))]
pub(crate) struct Args {
    #[command(flatten)]
    schedule: NameArgs,
    /// What is begun: start, stop, restart, suspend or resume
    #[arg(long, group = "changes")]
    action: Option<String>,
    /// These tenants, with commas between, in place of those it had
    #[arg(long, value_delimiter = ',', group = "changes", conflicts_with = "tag")]
    tenants: Option<Vec<String>>,
    /// All tenants that have this tag when the time comes
    #[arg(long, group = "changes")]
    tag: Option<String>,
    /// Minute, hour, day of month, month, day of week; or @daily
    #[arg(long, value_name = "EXPRESSION", group = "changes")]
    cron: Option<String>,
    /// Whose clock, as in Europe/Brussels
    #[arg(long, group = "changes")]
    zone: Option<String>,
    /// How late it is made up for: 30m, 1h, 2d or never
    #[arg(long, value_name = "SPAN", group = "changes")]
    catch_up: Option<String>,
    /// Show what would happen and when, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { schedule, action, tenants, tag, cron, zone, catch_up, dry_run } = args;
    let body = api::ScheduleSet { action, cron, tenants, tag, zone, catch_up, paused: None };
    set(session, (&schedule, dry_run), &body, "changed").await
}

pub(crate) async fn pause(
    args: super::ChangeArgs,
    paused: bool,
    session: &Session<'_>,
) -> Result<Exit, Failure> {
    let super::ChangeArgs { schedule, dry_run } = args;
    let body = api::ScheduleSet { paused: Some(paused), ..api::ScheduleSet::default() };
    set(session, (&schedule, dry_run), &body, if paused { "paused" } else { "resumed" }).await
}

async fn set(
    session: &Session<'_>,
    (schedule, dry_run): (&NameArgs, bool),
    body: &api::ScheduleSet,
    done: &str,
) -> Result<Exit, Failure> {
    let call = Call::new(Method::PATCH, schedule.path(session, "")).json(body);
    if let Made::AtOnce(set) =
        change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?
    {
        if session.printer.is_json() {
            session.printer.json(&set)?;
        } else {
            session.printer.data(&format!("{} is {done}", schedule.name))?;
        }
    }
    Ok(Exit::Success)
}
