//! `berth schedule create`

use berth_api::v1 as api;

use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// A time that a change of clocks leaves out comes when the clocks have changed; one that it repeats
/// comes once. With `*` as minute or hour the clock on the wall decides.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// What it is called
    name: String,
    /// What is begun: start, stop, restart, suspend or resume
    action: String,
    /// The tenants, whatever they are called later
    #[arg(required_unless_present = "tag", conflicts_with = "tag")]
    tenants: Vec<String>,
    /// All tenants that have this tag when the time comes
    #[arg(long)]
    tag: Option<String>,
    /// Minute, hour, day of month, month, day of week, as in '30 3 * * MON-FRI'; or @daily
    #[arg(long, value_name = "EXPRESSION")]
    cron: String,
    /// Whose clock, as in Europe/Brussels [default: `tenants.time_zone` of the server]
    #[arg(long)]
    zone: Option<String>,
    /// How late it is made up for when Berth did not run: 30m, 1h, 2d or never [default: 1h]
    #[arg(long, value_name = "SPAN")]
    catch_up: Option<String>,
    /// Show what would happen and when, and make nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, action, tenants, tag, cron, zone, catch_up, dry_run } = args;
    let body = api::ScheduleCreate { name, action, cron, tenants, tag, zone, catch_up };
    let call = Call::post(session.client.path("/schedules")).json(&body);
    if let Made::AtOnce(made) =
        change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?
    {
        if session.printer.is_json() {
            session.printer.json(&made)?;
        } else {
            session.printer.data(&format!("{} is made", body.name))?;
            session.printer.hint(&format!("look at it with `berth schedule show {}`", body.name));
        }
    }
    Ok(Exit::Success)
}
