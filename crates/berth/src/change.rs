//! Changes: shown before they happen, begun, and waited for.

use berth_api::v1 as api;
use clap::Args;
use http::StatusCode;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::{table, watch};

/// How a change is made.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ChangeArgs {
    /// Show what would happen, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) wait: WaitArgs,
}

impl ChangeArgs {
    /// Of a change that never needs an operation.
    pub(crate) const fn at_once(dry_run: bool) -> Self {
        Self { dry_run, wait: WaitArgs { no_wait: false, show: ShowArgs { log: false } } }
    }
}

/// Whether to wait for an operation.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WaitArgs {
    /// Return as soon as the operation is begun, and print its id
    #[arg(long)]
    pub(crate) no_wait: bool,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
}

/// What is shown of an operation while it goes on.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ShowArgs {
    /// Show what the steps say as well: what Odoo logs while modules are installed, for instance
    #[arg(long)]
    pub(crate) log: bool,
}

/// What a tenant must still be.
#[derive(Debug, Clone, Args)]
pub(crate) struct MatchArgs {
    /// Only if it still is what `etag` of `berth tenant show --output json` said
    #[arg(long, value_name = "ETAG")]
    if_match: Option<String>,
}

impl MatchArgs {
    /// The call, if it still is that.
    pub(crate) fn guard(&self, call: Call) -> Call {
        call.header("if-match", self.if_match.as_deref().map(quoted))
    }
}

/// An entity tag as `If-Match` takes it.
pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// What came of a change.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The plan was shown, or nobody wants to wait. Everything is said.
    Said(Exit),
    /// The operation did what it promised.
    Done(Box<api::Operation>),
}

/// What came of a change that may need no operation.
#[derive(Debug)]
pub(crate) enum Made {
    /// This is how it is now; `null` when there is nothing to say.
    AtOnce(serde_json::Value),
    Followed(Outcome),
}

/// Shows the plan of a change, or begins it and waits for it.
pub(crate) async fn make(
    session: &Session<'_>,
    call: Call,
    args: ChangeArgs,
) -> Result<Outcome, Failure> {
    if args.dry_run {
        return Ok(Outcome::Said(plan(session, call).await?));
    }
    let operation = session.client.call(call).await?;
    follow(session, operation, args.wait).await
}

/// Shows the plan of a change, or makes it and waits for its operation if it has one.
pub(crate) async fn make_or_follow(
    session: &Session<'_>,
    call: Call,
    args: ChangeArgs,
) -> Result<Made, Failure> {
    if args.dry_run {
        return Ok(Made::Followed(Outcome::Said(plan(session, call).await?)));
    }
    let answer = session.client.open(call).await?;
    match answer.status() {
        StatusCode::ACCEPTED => {
            let operation = answer.json().await?;
            follow(session, operation, args.wait).await.map(Made::Followed)
        }
        StatusCode::NO_CONTENT => Ok(Made::AtOnce(serde_json::Value::Null)),
        _ => Ok(Made::AtOnce(answer.json().await?)),
    }
}

/// Shows what a call would do.
pub(crate) async fn plan(session: &Session<'_>, call: Call) -> Result<Exit, Failure> {
    let plan: api::Plan = session.client.call(call.ask("dry_run", Some(true))).await?;
    show(session, &plan)?;
    Ok(Exit::Success)
}

/// Waits for an operation, or says how to.
pub(crate) async fn follow(
    session: &Session<'_>,
    operation: api::Operation,
    WaitArgs { no_wait, show }: WaitArgs,
) -> Result<Outcome, Failure> {
    let printer = session.printer;
    if no_wait {
        if printer.is_json() {
            printer.json(&operation)?;
        } else {
            printer.data(&operation.id)?;
            printer.hint(&format!("follow it with `berth operation watch {}`", operation.id));
        }
        return Ok(Outcome::Said(Exit::Success));
    }
    match watch::until_rest(session, operation, show).await? {
        watch::End::Rest(operation) if operation.is_done() => {
            if printer.is_json() {
                printer.json(&operation)?;
                return Ok(Outcome::Said(Exit::Success));
            }
            Ok(Outcome::Done(operation))
        }
        watch::End::Rest(operation) => {
            if printer.is_json() {
                printer.json(&operation)?;
            }
            Err(Failure::Operation(operation))
        }
        watch::End::Interrupted => Ok(Outcome::Said(Exit::Interrupted)),
    }
}

fn show(session: &Session<'_>, plan: &api::Plan) -> Result<(), Failure> {
    if session.printer.is_json() {
        return session.printer.json(plan);
    }
    let mut lines = vec![format!("would {}", plan.summary)];
    for (index, action) in plan.actions.iter().enumerate() {
        lines.push(format!("  {}. {}", index + 1, action.text));
    }
    if !plan.settings.is_empty() {
        lines.push(String::new());
        let settings: Vec<_> = plan
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), Some(value.clone())))
            .collect();
        for line in table::facts(&settings).lines() {
            lines.push(format!("  {line}"));
        }
    }
    session.printer.data(&lines.join("\n"))?;
    session.printer.talk("nothing was changed");
    Ok(())
}
