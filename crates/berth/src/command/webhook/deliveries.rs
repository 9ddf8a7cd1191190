//! `berth webhook deliveries`

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
    webhook: NameArgs,
    /// Only those in this state: waiting, delivered or `given_up`
    #[arg(long)]
    state: Option<String>,
    /// Only those older than this one
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { webhook, state, before, limit } = args;
    let call = Call::get(webhook.path(session, "/deliveries"))
        .ask("state", state)
        .ask("before", before)
        .ask("limit", Some(limit));
    let list: api::List<api::Delivery> = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("no messages");
        printer.hint(&format!("send one with `berth webhook test {}`", webhook.name));
    } else {
        let rows = list.items.iter().map(|it| {
            vec![
                it.id.clone(),
                table::time(it.created_at),
                it.title.clone(),
                it.state.clone(),
                it.attempts.to_string(),
                it.error.clone().unwrap_or_else(|| "-".to_owned()),
            ]
        });
        let columns = ["id", "made", "about", "state", "attempts", "error"];
        printer.data(&table::list(&columns, rows))?;
        if let Some(next) = &list.next {
            let name = &webhook.name;
            printer.hint(&format!("older ones: `berth webhook deliveries {name} --before {next}`"));
        }
    }
    Ok(Exit::Success)
}
