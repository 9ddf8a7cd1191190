//! `berth person show`

use berth_api::v1 as api;

use super::WhoArgs;
use super::list::{providers, roles};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(who: &WhoArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let person: api::Person = session.client.call(Call::get(who.path(""))).await?;
    if session.printer.is_json() {
        session.printer.json(&person)?;
        return Ok(Exit::Success);
    }
    let time = table::time;
    let facts = [
        ("e-mail", Some(person.email.clone())),
        ("name", Some(person.name.clone())),
        ("id", Some(person.id.clone())),
        ("roles", Some(roles(&person))),
        ("signs in at", providers(&person)),
        ("second factor since", person.second_factor_since.map(time)),
        ("account since", Some(time(person.created_at))),
        ("signed in", person.signed_in_at.map(time)),
        ("disabled since", person.disabled_at.map(time)),
    ];
    session.printer.data(&table::facts(&facts))?;
    Ok(Exit::Success)
}
