//! `berth schedule runs`

use berth_api::v1 as api;

use super::NameArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    schedule: NameArgs,
    /// Only those that came out so: started, skipped or missed
    #[arg(long)]
    outcome: Option<String>,
    /// Only those that were due before this time
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { schedule, outcome, before, limit } = args;
    let call = Call::get(schedule.path(session, "/runs"))
        .ask("outcome", outcome)
        .ask("before", before)
        .ask("limit", Some(limit));
    let list: api::List<api::ScheduleRun> = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("nothing came of it yet");
        printer.hint(&format!("run it now with `berth schedule run {}`", schedule.name));
    } else {
        let rows = list.items.iter().flat_map(super::show::rows);
        printer.data(&table::list(&super::show::COLUMNS, rows))?;
        if let Some(next) = &list.next {
            let name = &schedule.name;
            printer.hint(&format!("older ones: `berth schedule runs {name} --before {next}`"));
        }
    }
    Ok(Exit::Success)
}
