//! `berth schedule list`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.path("/schedules"));
    let list: api::List<api::Schedule> = session.client.all(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("no schedules yet");
        printer
            .hint("make one with `berth schedule create nightly restart acme --cron '30 3 * * *'`");
    } else {
        let rows = list.items.iter().map(|schedule| {
            vec![
                schedule.name.clone(),
                schedule.action.clone(),
                super::about(schedule),
                schedule.in_words.clone(),
                schedule.zone.clone(),
                super::next(schedule),
            ]
        });
        printer.data(&table::list(&["name", "action", "tenants", "when", "zone", "next"], rows))?;
    }
    Ok(Exit::Success)
}
