//! `berth tenant delete`

use std::io::IsTerminal as _;

use berth_api::v1 as api;
use berth_domain::TenantName;
use http::Method;

use super::get;
use crate::change::{self, ChangeArgs, MatchArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

/// A deleted tenant is kept for the configured number of days, in which it can be brought back.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Remove it at once and for good
    #[arg(long)]
    now: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    seen: MatchArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, now, yes, seen, change } = args;
    let call = Call::new(Method::DELETE, session.client.tenant(&name, ""));
    let call = seen.guard(call.ask("now", now.then_some(true)));
    if !yes && !change.dry_run {
        confirm(session, &name, &call).await?;
    }
    match change::make(session, call, change).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) if operation.kind == "tenant.purge" => {
            session.printer.data(&format!("{name} is deleted for good"))?;
            Ok(Exit::Success)
        }
        Outcome::Done(_) => {
            let tenant = get(session, &name).await?;
            let until =
                tenant.until.map(|at| format!(" until {}", table::time(at))).unwrap_or_default();
            session.printer.data(&format!("{name} is deleted and kept{until}"))?;
            session
                .printer
                .hint(&format!("bring it back with `berth tenant restore-deleted {name}`"));
            Ok(Exit::Success)
        }
    }
}

/// Asks to type the name of a tenant that exists, after showing what will happen to it.
async fn confirm(session: &Session<'_>, name: &TenantName, call: &Call) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::refused(
            format!("nobody is here to confirm that `{name}` is to be deleted"),
            "use --yes if that is what you want",
        ));
    }
    let tenant = get(session, name).await?;
    let plan: api::Plan = session.client.call(call.clone().ask("dry_run", Some(true))).await?;
    let actions: Vec<String> =
        plan.actions.iter().map(|action| format!("  - {}", action.text)).collect();
    let prompt = format!(
        "This deletes the {} tenant {name} ({}):\n{}\nType its name to go on: ",
        tenant.stage,
        tenant.url,
        actions.join("\n"),
    );
    session.printer.ask(&prompt)?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(anyhow::Error::new)?;
    if typed.trim() == name.as_str() {
        return Ok(());
    }
    Err(Failure::Refused { message: "nothing was deleted".to_owned(), hint: None })
}
