//! `berth webhook show`

use berth_api::v1 as api;

use super::NameArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(args: NameArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(args.path(session, ""));
    let webhook: api::Webhook = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&webhook)?;
        return Ok(Exit::Success);
    }
    let counts = webhook.counts;
    let state = match &webhook.disabled {
        Some(why) => format!("off: {why}"),
        None => super::state(&webhook),
    };
    session.printer.data(&table::facts(&[
        ("name", Some(webhook.name)),
        ("id", Some(webhook.id)),
        ("to", Some(webhook.url.unwrap_or_else(|| "mail".to_owned()))),
        ("events", Some(webhook.events)),
        ("state", Some(state)),
        (
            "last day",
            Some(format!(
                "{} arrived, {} waiting, {} given up",
                counts.delivered, counts.waiting, counts.given_up
            )),
        ),
        ("made by", Some(webhook.created_by)),
    ]))?;
    Ok(Exit::Success)
}
