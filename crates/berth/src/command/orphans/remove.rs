//! `berth orphans remove`

use std::io::IsTerminal as _;

use berth_api::v1 as api;

use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// At the moment of its removal each is looked at again: what belongs to somebody by then stays.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(false))]
pub(crate) struct Args {
    /// Which, as in `container/t_0123456789-install`
    #[arg(group = "which")]
    names: Vec<String>,
    /// All of them, but for those that were first seen a moment ago
    #[arg(long, group = "which")]
    all: bool,
    /// Of all of them, those that were first seen so long ago, as in 1h
    #[arg(long, value_name = "TIME", conflicts_with = "names")]
    older_than: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { names, all, older_than, yes, dry_run } = args;
    let body = api::OrphanRemoval { names, all, older_than };
    let call = Call::post("/api/v1/orphans/remove").json(&body);
    if dry_run {
        return change::plan(session, call).await;
    }
    if !yes && !confirm(session, &call).await? {
        return Ok(Exit::Success);
    }
    let removed: api::List<api::OrphanRemoved> = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&removed)?;
    } else if removed.items.is_empty() {
        session.printer.talk("nothing was removed: there is no such orphan");
    } else {
        let lines: Vec<String> = removed.items.iter().map(line).collect();
        session.printer.data(&lines.join("\n"))?;
    }
    let is_done = removed.items.iter().all(|orphan| orphan.problem.is_none());
    Ok(if is_done { Exit::Success } else { Exit::Refused })
}

fn line(removed: &api::OrphanRemoved) -> String {
    let api::OrphanRemoved { kind, name, problem } = removed;
    match problem {
        None => format!("{kind}/{name} is removed"),
        Some(problem) => format!("{kind}/{name} is still there: {problem}"),
    }
}

/// Asks after showing what will happen. False: there is nothing to remove.
async fn confirm(session: &Session<'_>, call: &Call) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::refused(
            "nobody is here to confirm that this is to be removed for good",
            "use --yes if that is what you want, or --dry-run to see it",
        ));
    }
    let plan: api::Plan = session.client.call(call.clone().ask("dry_run", Some(true))).await?;
    if plan.actions.is_empty() {
        session.printer.talk("nothing was removed: there is no such orphan");
        return Ok(false);
    }
    let actions: Vec<String> =
        plan.actions.iter().map(|action| format!("  - {}", action.text)).collect();
    let prompt =
        format!("This will {}:\n{}\nType `yes` to go on: ", plan.summary, actions.join("\n"));
    session.printer.ask(&prompt)?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(anyhow::Error::new)?;
    if typed.trim() == "yes" {
        return Ok(true);
    }
    Err(Failure::Refused { message: "nothing was removed".to_owned(), hint: None })
}
