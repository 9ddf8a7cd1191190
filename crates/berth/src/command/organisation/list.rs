//! `berth organisation list`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Only those with this in their name or title
    text: Option<String>,
    /// From the last name to the first
    #[arg(long)]
    reverse: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { text, reverse } = args;
    let call = Call::get("/api/v1/organisations")
        .ask("text", text.as_ref())
        .ask("sort", reverse.then_some("-name"));
    let list: api::List<api::Organisation> = session.client.all(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() && text.is_some() {
        printer.talk("no organisation is like that");
    } else if list.items.is_empty() {
        printer.talk("you belong to no organisation");
    } else {
        let columns = ["name", "title", "tenants", "created"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(organisation: &api::Organisation) -> Vec<String> {
    let api::Organisation { name, title, tenants, created_at, .. } = organisation;
    vec![
        name.clone(),
        title.clone().unwrap_or_else(|| "-".to_owned()),
        tenants.to_string(),
        table::time(*created_at),
    ]
}
