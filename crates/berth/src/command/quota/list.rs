//! `berth quota list`

use berth_api::v1 as api;
use berth_domain::Bytes;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.path("/quotas"));
    let list: api::List<api::Quota> = session.client.all(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("no quotas, and no tenant has an owner");
        printer.hint("set one with `berth quota set OWNER --tenants 3`");
    } else {
        let columns = ["owner", "tenants", "cpu", "memory", "storage", "stored", "set"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

/// Each bound as `used of most`.
fn row(quota: &api::Quota) -> Vec<String> {
    let api::Quota { owner, is_default, most, used } = quota;
    let cores = |millis: u64| Bounded::cores(millis);
    let size = |bytes: u64| Bytes(bytes).to_string();
    vec![
        owner.clone().unwrap_or_else(|| "(everybody)".to_owned()),
        Bounded::text(&used.tenants.to_string(), most.tenants.map(|n| n.to_string())),
        Bounded::text(&cores(used.cpu_millis), most.cpu_millis.map(cores)),
        Bounded::text(&size(used.memory_bytes), most.memory_bytes.map(size)),
        Bounded::text(&size(used.storage_bytes), most.storage_bytes.map(size)),
        size(used.stored_bytes),
        if *is_default { "by the configuration" } else { "here" }.to_owned(),
    ]
}

struct Bounded;

impl Bounded {
    fn text(used: &str, most: Option<String>) -> String {
        most.map_or_else(|| used.to_owned(), |most| format!("{used} of {most}"))
    }

    /// Thousandths of a core as `1.5`.
    fn cores(millis: u64) -> String {
        let text = format!("{}.{:03}", millis / 1000, millis % 1000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}
