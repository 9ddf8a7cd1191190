//! `berth member list`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.path("/members"));
    let list: api::List<api::Member> = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("nobody belongs to the organisation");
        printer.hint("invite somebody with `berth invitation create EMAIL --role member`");
    } else {
        let columns = ["e-mail", "name", "role", "since", "second factor", "signed in"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(member: &api::Member) -> Vec<String> {
    let time = |at: &berth_domain::Timestamp| table::time(*at);
    let role = &member.role;
    vec![
        member.email.clone(),
        member.name.clone(),
        if member.disabled { format!("{role} (disabled)") } else { role.clone() },
        time(&member.since),
        if member.second_factor { "yes" } else { "no" }.to_owned(),
        member.signed_in_at.as_ref().map_or_else(|| "never".to_owned(), time),
    ]
}
