//! `berth audit`

mod export;
mod list;

use berth_api::v1 as api;
use berth_domain::AuditId;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who did what, newest first
    List(list::Args),
    /// Print who did what as JSON, one line each, newest first
    Export(export::Args),
}

/// Which entries are meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FilterArgs {
    /// What was done to the installation itself, not in an organisation
    #[arg(long)]
    installation: bool,
    /// Only what this one did, as in local:0, service:ci@default or system
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// Only this, as in tenant.stop or password.show
    #[arg(long, value_name = "WHAT")]
    action: Option<String>,
    /// Only what was done to a tenant, operation, quota, schedule, webhook, upload, orphan, token, installation or route
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only what was done to this: its id, or its name then
    #[arg(long, value_name = "ID|NAME")]
    object: Option<String>,
    /// Only what was allowed, or what was denied
    #[arg(long, value_name = "allowed|denied")]
    outcome: Option<String>,
    /// Only what is younger, as in 2h, 3d, 2026-12-31 or 2026-12-31T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what is older
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List(args) => list::run(args, session).await,
        Command::Export(args) => export::run(args, session).await,
    }
}

/// Asks for one page.
async fn page(
    session: &Session<'_>,
    filter: &FilterArgs,
    (before, limit): (Option<AuditId>, u32),
) -> Result<api::List<api::AuditEntry>, Failure> {
    let FilterArgs { installation, actor, action, kind, object, outcome, since, until } = filter;
    let path =
        if *installation { "/api/v1/audit".to_owned() } else { session.client.path("/audit") };
    let call = Call::get(path)
        .ask("actor", actor.as_ref())
        .ask("action", action.as_ref())
        .ask("kind", kind.as_ref())
        .ask("object", object.as_ref())
        .ask("outcome", outcome.as_ref())
        .ask("since", since.as_ref())
        .ask("until", until.as_ref())
        .ask("before", before)
        .ask("limit", Some(limit));
    session.client.call(call).await
}
