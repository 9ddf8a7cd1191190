//! `berth tenant set`

use berth_api::v1 as api;
use berth_domain::TenantName;
use http::Method;

use super::said;
use crate::change::{self, ChangeArgs};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true))]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Processor time in cores: 2, 0.5 or 1500m
    #[arg(long, value_name = "CORES", group = "changes")]
    cpu: Option<String>,
    /// Memory, as in 1GiB or 1536MiB
    #[arg(long, value_name = "SIZE", group = "changes")]
    memory: Option<String>,
    /// Processes and threads
    #[arg(long, value_name = "N", group = "changes")]
    pids: Option<u32>,
    /// production, staging, development or test
    #[arg(long, group = "changes")]
    stage: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let body =
        api::TenantSet { cpu: args.cpu, memory: args.memory, pids: args.pids, stage: args.stage };
    let call = Call::new(Method::PATCH, session.client.tenant(&args.name, "")).json(&body);
    let outcome = change::make(session, call, args.change).await?;
    said(session, &args.name, outcome).await
}
