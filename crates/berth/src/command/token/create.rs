//! `berth token create`

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
    /// The service account that it is for, as in ci or prometheus
    account: String,
    /// Its rights, with commas between: read, operate, administer, logs, exec, psql, secrets, export,
    /// audit, members; all those of a viewer, member or admin; of the installation also metrics and
    /// installation
    #[arg(long, value_name = "RIGHTS")]
    scope: String,
    /// Until when it is good, as in 12h, 30d, 2026-12-31 or never [default: 90d]
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
    /// Show what would happen, and make nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { account, scope, expires, place, dry_run } = args;
    let body = api::TokenCreate { account, scope, expires };
    let call = Call::post(place.path(session, "")).json(&body);
    if dry_run {
        return change::plan(session, call).await;
    }
    let made: api::TokenCreated = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&made)?;
        return Ok(Exit::Success);
    }
    let api::Token { id, account, scope, expires_at, .. } = &made.token;
    let until = expires_at.map_or_else(
        || "until it is revoked".to_owned(),
        |at| format!("until {}", table::time(at)),
    );
    printer.data(&made.secret)?;
    printer.talk(&format!("{id} of {account} is made: {}, {until}", scope.join(",")));
    printer.talk("keep it now: it is not shown again");
    Ok(Exit::Success)
}
