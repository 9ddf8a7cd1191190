//! `berth audit list`

use berth_api::v1 as api;
use berth_domain::AuditId;

use super::{FilterArgs, page};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    /// Only what is older than this entry
    #[arg(long, value_name = "ID")]
    before: Option<AuditId>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { filter, before, limit } = args;
    let page = page(session, &filter, (before, limit)).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&page)?;
    } else if page.items.is_empty() {
        printer.talk("nobody did anything of the kind");
    } else {
        let columns = ["at", "actor", "action", "kind", "name", "via", "outcome"];
        printer.data(&table::list(&columns, page.items.iter().map(row)))?;
        if let Some(next) = &page.next {
            printer.hint(&format!("older ones: add `--before {next}`"));
        }
    }
    Ok(Exit::Success)
}

fn row(entry: &api::AuditEntry) -> Vec<String> {
    let api::AuditEntry { at, actor, action, kind, name, via, outcome, address, .. } = entry;
    let via = &address.as_ref().map_or_else(|| via.clone(), |address| format!("{via} {address}"));
    let texts = [actor, action, kind, name, via, outcome];
    std::iter::once(table::time(*at)).chain(texts.into_iter().cloned()).collect()
}
