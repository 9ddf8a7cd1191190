//! `berth invitation list`

use berth_api::v1 as api;

use super::PlaceArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(place: PlaceArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(place.path(session, ""));
    let list: api::List<api::Invitation> = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("there are no invitations");
        printer.hint("invite somebody with `berth invitation create EMAIL --role member`");
    } else {
        let columns = ["id", "e-mail", "role", "invited by", "good until"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(invitation: &api::Invitation) -> Vec<String> {
    let api::Invitation { id, email, role, created_by, expires_at, .. } = invitation;
    vec![id.clone(), email.clone(), role.clone(), created_by.clone(), table::time(*expires_at)]
}
