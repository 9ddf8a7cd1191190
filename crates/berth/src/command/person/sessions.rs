//! `berth person sessions`

use berth_api::v1 as api;
use http::Method;

use super::WhoArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    who: WhoArgs,
    /// End all of them
    #[arg(long)]
    end: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { who, end } = args;
    let printer = session.printer;
    if end {
        let call = Call::new(Method::DELETE, who.path("/sessions"));
        let ended: api::SessionsEnded = session.client.call(call).await?;
        if printer.is_json() {
            printer.json(&ended)?;
        } else {
            printer.data(&format!("{} sessions of {} are ended", ended.ended, who.who))?;
        }
        return Ok(Exit::Success);
    }
    let list: api::List<api::Session> =
        session.client.call(Call::get(who.path("/sessions"))).await?;
    if printer.is_json() {
        printer.json(&list)?;
    } else if list.items.is_empty() {
        printer.talk(&format!("{} is not signed in anywhere", who.who));
    } else {
        let columns = ["id", "since", "seen", "address", "browser"];
        printer.data(&table::list(&columns, list.items.iter().map(row)))?;
    }
    Ok(Exit::Success)
}

fn row(session: &api::Session) -> Vec<String> {
    let time = |at: &berth_domain::Timestamp| table::time(*at);
    vec![
        session.id.clone(),
        time(&session.created_at),
        time(&session.seen_at),
        session.address.clone().unwrap_or_else(|| "this host".to_owned()),
        session.user_agent.clone().unwrap_or_default(),
    ]
}
