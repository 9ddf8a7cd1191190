//! `berth webhook deliveries`

use berth_api::v1 as api;

use super::NameArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(args: NameArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(args.path(session, "/deliveries"));
    let list: api::List<api::Delivery> = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("no messages yet");
        printer.hint(&format!("send one with `berth webhook test {}`", args.name));
    } else {
        let rows = list.items.iter().map(|it| {
            vec![
                it.id.clone(),
                it.created_at.to_string(),
                it.title.clone(),
                it.state.clone(),
                it.attempts.to_string(),
                it.error.clone().unwrap_or_else(|| "-".to_owned()),
            ]
        });
        let columns = ["id", "made", "about", "state", "attempts", "error"];
        printer.data(&table::list(&columns, rows))?;
    }
    Ok(Exit::Success)
}
