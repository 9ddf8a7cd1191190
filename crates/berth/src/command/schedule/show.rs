//! `berth schedule show`

use berth_api::v1 as api;

use super::NameArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

/// What is shown of a run.
pub(super) const COLUMNS: [&str; 5] = ["due", "outcome", "tenant", "operation", "note"];

pub(crate) async fn run(args: NameArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(args.path(session, ""));
    let schedule: api::Schedule = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&schedule)?;
        return Ok(Exit::Success);
    }
    let mut facts = vec![
        ("name", Some(schedule.name.clone())),
        ("id", Some(schedule.id.clone())),
        ("action", Some(schedule.action.clone())),
        ("tenants", Some(super::about(&schedule))),
        ("cron", Some(schedule.cron.clone())),
        ("when", Some(format!("{} ({})", schedule.in_words, schedule.zone))),
        ("catches up", Some(catch_up(schedule.catch_up_seconds))),
        ("on behalf of", Some(schedule.created_by.clone())),
        ("next", Some(super::next(&schedule))),
    ];
    facts.extend(schedule.next.iter().skip(1).map(|next| ("", Some(next.local.clone()))));
    session.printer.data(&table::facts(&facts))?;
    if !schedule.runs.is_empty() {
        session.printer.data("")?;
        session.printer.data(&table::list(&COLUMNS, schedule.runs.iter().flat_map(rows)))?;
    }
    Ok(Exit::Success)
}

fn catch_up(seconds: u64) -> String {
    match seconds {
        0 => "never".to_owned(),
        seconds if seconds % 3600 == 0 => format!("up to {} h late", seconds / 3600),
        seconds => format!("up to {} min late", seconds / 60),
    }
}

/// One row for each tenant, and one for a run without any.
pub(super) fn rows(run: &api::ScheduleRun) -> Vec<Vec<String>> {
    let dash = || "-".to_owned();
    let note = || run.note.clone().unwrap_or_else(dash);
    let row = |tenant: String, operation: String, note: String| {
        vec![table::time(run.due_at), run.outcome.clone(), tenant, operation, note]
    };
    if run.tenants.is_empty() {
        return vec![row(dash(), dash(), note())];
    }
    let tenants = run.tenants.iter().map(|it| {
        let operation = it.operation.clone().unwrap_or_else(dash);
        row(it.tenant.clone(), operation, it.why.clone().unwrap_or_else(note))
    });
    tenants.collect()
}
