//! `berth orphans list`

use berth_api::v1 as api;
use berth_domain::Bytes;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let orphans: api::Orphans = session.client.call(Call::get("/api/v1/orphans")).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&orphans)?;
        return Ok(Exit::Success);
    }
    if orphans.items.is_empty() && orphans.unseen.is_empty() {
        printer.talk("no orphans: everything belongs to somebody");
    } else if orphans.items.is_empty() {
        printer.talk("no orphans among what could be looked at");
    } else {
        let columns = ["orphan", "first seen", "size", "can be", "why"];
        printer.data(&table::list(&columns, orphans.items.iter().map(row)))?;
        printer.hint("remove them with `berth orphans remove`, or adopt what is left of a tenant");
    }
    for unseen in &orphans.unseen {
        printer.talk(&format!("not looked at: {unseen}"));
    }
    Ok(Exit::Success)
}

fn row(orphan: &api::Orphan) -> Vec<String> {
    let api::Orphan { kind, name, first_seen, is_new, reason, size_bytes, actions } = orphan;
    let words = actions.iter().map(|action| match action.as_str() {
        "adopt" => "adopted",
        "remove" => "removed",
        other => other,
    });
    let new = if *is_new { " (new)" } else { "" };
    vec![
        format!("{kind}/{name}"),
        format!("{}{new}", table::time(*first_seen)),
        size_bytes.map_or_else(|| "-".to_owned(), |bytes| Bytes(bytes).to_string()),
        words.collect::<Vec<_>>().join(", "),
        reason.clone(),
    ]
}
