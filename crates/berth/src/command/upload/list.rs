//! `berth upload list`

use berth_api::v1 as api;
use berth_domain::Bytes;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.path("/uploads"));
    let list: api::List<api::Upload> = session.client.all(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("nothing waits to be imported");
        printer.hint("send a backup in with `berth tenant import NAME FILE`");
    } else {
        let columns = ["id", "name", "size", "sent", "by", "used by"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(upload: &api::Upload) -> Vec<String> {
    let api::Upload { id, name, size_bytes, operation, created_at, created_by } = upload;
    vec![
        id.clone(),
        name.clone(),
        Bytes(*size_bytes).to_string(),
        table::time(*created_at),
        created_by.clone(),
        operation.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}
