//! `berth webhook list`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.path("/webhooks"));
    let list: api::List<api::Webhook> = session.client.all(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("nobody is told what happens");
        printer.hint("make a webhook with `berth webhook create https://hooks.example.com/berth`");
        printer.hint("or fill `[mail]` in berth.toml");
    } else {
        let rows = list.items.iter().map(|webhook| {
            let counts = webhook.counts;
            vec![
                webhook.name.clone(),
                webhook.url.clone().unwrap_or_else(|| "mail".to_owned()),
                webhook.events.clone(),
                super::state(webhook),
                counts.delivered.to_string(),
                counts.waiting.to_string(),
                counts.given_up.to_string(),
            ]
        });
        let columns = ["name", "to", "events", "state", "arrived", "waiting", "given up"];
        printer.data(&table::list(&columns, rows))?;
    }
    Ok(Exit::Success)
}
