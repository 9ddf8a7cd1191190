//! `berth tenant rename`

use berth_api::v1 as api;
use berth_domain::TenantName;

use super::said;
use crate::change::{self, ChangeArgs};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// What it is to be called
    new_name: TenantName,
    /// Full host name [default: the new name under the configured domain; a host of its own stays]
    #[arg(long)]
    host: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let body = api::TenantRename { name: args.new_name.to_string(), host: args.host };
    let call = Call::post(session.client.tenant(&args.name, "/rename")).json(&body);
    let outcome = change::make(session, call, args.change).await?;
    said(session, &args.new_name, outcome).await
}
