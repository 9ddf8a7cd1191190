//! `berth token list`

use berth_api::v1 as api;

use super::PlaceArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(place: PlaceArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(place.path(session, ""));
    let list: api::List<api::Token> = session.client.all(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("there are no tokens");
        printer.hint("make one with `berth token create NAME --scope read`");
    } else {
        let columns = ["id", "account", "scope", "made by", "good until", "last used"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(token: &api::Token) -> Vec<String> {
    let api::Token { id, account, scope, created_by, expires_at, expired, last_used_at, .. } =
        token;
    let time = |at: &berth_domain::Timestamp| table::time(*at);
    let until = match expires_at {
        Some(at) if *expired => format!("{} (over)", time(at)),
        Some(at) => time(at),
        None => "it is revoked".to_owned(),
    };
    vec![
        id.clone(),
        account.clone(),
        scope.join(","),
        created_by.clone(),
        until,
        last_used_at.as_ref().map_or_else(|| "never".to_owned(), time),
    ]
}
