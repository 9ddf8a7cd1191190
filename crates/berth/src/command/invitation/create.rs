//! `berth invitation create`

use berth_api::v1 as api;

use super::PlaceArgs;
use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Whom to invite
    email: String,
    /// As what: viewer, member or admin of the organisation, or operator of the installation
    #[arg(long, hide_possible_values = true)]
    #[arg(value_parser = ["viewer", "member", "admin", "operator"])]
    role: String,
    /// Send them the code by mail, too
    #[arg(long)]
    send: bool,
    /// Show what would happen, and make nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { email, role, send, dry_run } = args;
    let place = PlaceArgs { installation: role == "operator" };
    let body = api::InvitationCreate { email, role, send };
    let call = Call::post(place.path(session, "")).json(&body);
    if dry_run {
        return change::plan(session, call).await;
    }
    let made: api::InvitationCreated = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&made)?;
        return Ok(Exit::Success);
    }
    let api::Invitation { id, email, role, expires_at, .. } = &made.invitation;
    printer.data(&made.code)?;
    let until = table::time(*expires_at);
    printer.talk(&format!("{id} invites {email} as {role} until {until}"));
    printer.talk(match made.mailed {
        Some(true) => "the code is sent to them; it is not shown again",
        Some(false) => {
            "the mail server did not take the letter: give them the code now, it is not shown again"
        }
        None => "give them the code now: it is not shown again, and was not sent",
    });
    Ok(Exit::Success)
}
