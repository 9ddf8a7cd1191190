//! `berth person list`

use berth_api::v1 as api;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(session: &Session<'_>) -> Result<Exit, Failure> {
    let list: api::List<api::Person> = session.client.call(Call::get("/api/v1/people")).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk("nobody has an account");
        printer.hint("claim the installation with what `berth setup-token` prints");
    } else {
        let columns =
            ["e-mail", "name", "roles", "second factor", "providers", "signed in", "disabled"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(person: &api::Person) -> Vec<String> {
    let time = |at: &berth_domain::Timestamp| table::time(*at);
    vec![
        person.email.clone(),
        person.name.clone(),
        roles(person),
        if person.second_factor_since.is_some() { "yes" } else { "no" }.to_owned(),
        providers(person).unwrap_or_else(|| "none".to_owned()),
        person.signed_in_at.as_ref().map_or_else(|| "never".to_owned(), time),
        person.disabled_at.as_ref().map_or_else(|| "no".to_owned(), time),
    ]
}

/// With which providers their account is linked. `None`: with none.
pub(super) fn providers(person: &api::Person) -> Option<String> {
    let mut linked: Vec<&str> = person.providers.iter().map(|it| it.provider.as_str()).collect();
    linked.dedup();
    (!linked.is_empty()).then(|| linked.join(", "))
}

/// What somebody is, everywhere.
pub(super) fn roles(person: &api::Person) -> String {
    let everywhere = person.operator.then(|| "operator".to_owned());
    let of = person.roles.iter().map(|(organisation, role)| format!("{role} of {organisation}"));
    let roles: Vec<String> = everywhere.into_iter().chain(of).collect();
    if roles.is_empty() { "none".to_owned() } else { roles.join(", ") }
}
