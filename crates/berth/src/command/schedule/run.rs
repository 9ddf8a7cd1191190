//! `berth schedule run`

use berth_api::v1 as api;

use super::ChangeArgs;
use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(args: ChangeArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let ChangeArgs { schedule, dry_run } = args;
    let call = Call::post(schedule.path(session, "/run"));
    if dry_run {
        return change::plan(session, call).await;
    }
    let run: api::ScheduleRun = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&run)?;
        return Ok(Exit::Success);
    }
    let note = run.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    printer.talk(&format!("{} is {}{note}", schedule.name, run.outcome));
    for tenant in &run.tenants {
        match (&tenant.operation, &tenant.why) {
            (Some(operation), _) => printer.data(operation)?,
            (None, why) => {
                let why = why.as_deref().unwrap_or("nothing was begun");
                printer.talk(&format!("{}: {why}", tenant.tenant));
            }
        }
    }
    if run.tenants.iter().any(|tenant| tenant.operation.is_some()) {
        printer.hint("follow one with `berth operation watch ID`");
    }
    Ok(Exit::Success)
}
