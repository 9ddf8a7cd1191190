//! `berth quota set`

use berth_api::v1 as api;
use http::Method;

use super::WhoArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// What is not named is not bounded. Archived and deleted tenants count with their storage only.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("bounds").required(true).multiple(true))]
pub(crate) struct Args {
    #[command(flatten)]
    who: WhoArgs,
    /// How many tenants
    #[arg(long, value_name = "N", group = "bounds")]
    tenants: Option<u32>,
    /// Processor time in cores, all tenants together: 8, 0.5 or 1500m
    #[arg(long, value_name = "CORES", group = "bounds")]
    cpu: Option<String>,
    /// Memory, all tenants together, as in 16GiB
    #[arg(long, value_name = "SIZE", group = "bounds")]
    memory: Option<String>,
    /// Storage, all tenants together, as in 100GiB; each tenant then needs a storage limit
    #[arg(long, value_name = "SIZE", group = "bounds")]
    storage: Option<String>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { who, tenants, cpu, memory, storage, dry_run } = args;
    let body = api::QuotaSet { tenants, cpu, memory, storage };
    let call = Call::new(Method::PUT, who.path(session)).json(&body);
    match change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await? {
        Made::AtOnce(quota) if session.printer.is_json() => session.printer.json(&quota)?,
        Made::AtOnce(_) => {
            session.printer.data(&format!("the quota of {} is set", who.text()))?;
        }
        Made::Followed(_) => {}
    }
    Ok(Exit::Success)
}
