//! `berth apply`

mod carry_out;

use std::io::IsTerminal as _;

use berth_api::v1 as api;
use http::Method;

use self::carry_out::carry_out;
use super::diff;
use crate::change::ChangeArgs;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files::{self, Compared, FilesArgs};
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    files: FilesArgs,
    /// Do not ask before tenants are deleted
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { files, yes, change } = args;
    let printer = session.printer;
    let compared = files::compare(session, files).await?;
    if change.dry_run {
        diff::show(session, &compared)?;
        printer.talk("nothing was changed");
        return Ok(Exit::Success);
    }
    if !compared.differs() {
        return nothing_to_do(session, &compared);
    }
    printer.talk(&files::differences(&compared.differences));
    if !yes {
        confirm(session, &compared).await?;
    }
    carry_out(session, &compared, change.wait).await
}

fn nothing_to_do(session: &Session<'_>, compared: &Compared) -> Result<Exit, Failure> {
    if session.printer.is_json() {
        session.printer.json(&api::List::<()> { items: Vec::new(), next: None })?;
    } else {
        let all = files::summary(&compared.differences);
        session.printer.data(&format!("nothing to change: {all}"))?;
    }
    Ok(Exit::Success)
}

/// Asks before anything is deleted, after showing what will happen.
async fn confirm(session: &Session<'_>, compared: &Compared) -> Result<(), Failure> {
    let doomed = compared.differences.iter().filter(|it| it.action == "delete");
    let doomed: Vec<&str> = doomed.map(|it| it.name.as_str()).collect();
    if doomed.is_empty() {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::refused(
            format!("nobody is here to confirm the deletion of {}", doomed.join(", ")),
            "use --yes if that is what you want, or leave --prune away",
        ));
    }
    let first = format!("This deletes what carries `{}` and is in no file:", compared.mark);
    let mut lines = vec![first];
    for name in doomed {
        let call = Call::new(Method::DELETE, session.client.named("tenants", name, ""));
        let plan: api::Plan = session.client.call(call.ask("dry_run", Some(true))).await?;
        lines.push(format!("  {}", plan.summary));
        lines.extend(plan.actions.iter().map(|action| format!("    - {}", action.text)));
    }
    session.printer.ask(&format!("{}\nType `yes` to go on: ", lines.join("\n")))?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(anyhow::Error::new)?;
    if typed.trim() == "yes" {
        return Ok(());
    }
    Err(Failure::Refused { message: "nothing was changed".to_owned(), hint: None })
}
