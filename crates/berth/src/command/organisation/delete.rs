//! `berth organisation delete`

use std::io::IsTerminal as _;

use berth_api::v1 as api;
use berth_domain::OrganisationName;
use http::Method;

use crate::change::{self, ChangeArgs, Made, MatchArgs};
use crate::client::{Call, Client};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Members, invitations, tokens, schedules, webhooks, quotas, backups that were sent in and the history of
/// operations go with it. Accounts stay.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The organisation
    name: OrganisationName,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    seen: MatchArgs,
    /// Show everything that would be lost, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, yes, seen, dry_run } = args;
    let call = seen.guard(Call::new(Method::DELETE, Client::organisation(&name)));
    if !yes && !dry_run {
        confirm(session, &name, &call).await?;
    }
    let outcome = change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?;
    if matches!(outcome, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(&format!("{name} is deleted"))?;
    }
    Ok(Exit::Success)
}

/// Asks to type the name, after showing what will be lost.
async fn confirm(
    session: &Session<'_>,
    name: &OrganisationName,
    call: &Call,
) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::refused(
            format!("nobody is here to confirm that `{name}` is to be deleted"),
            "use --yes if that is what you want",
        ));
    }
    let plan: api::Plan = session.client.call(call.clone().ask("dry_run", Some(true))).await?;
    let actions: Vec<String> =
        plan.actions.iter().map(|action| format!("  - {}", action.text)).collect();
    let actions = actions.join("\n");
    session.printer.ask(&format!(
        "This deletes the organisation {name}:\n{actions}\nType its name to go on: "
    ))?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(anyhow::Error::new)?;
    if typed.trim() == name.as_str() {
        return Ok(());
    }
    Err(Failure::Refused { message: "nothing was deleted".to_owned(), hint: None })
}
