//! `berth tenant psql`

use berth_api::v1::exec::Run;
use berth_domain::TenantName;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::remote;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Arguments for psql, after --
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    remote::run(session, &args.name, Run::Psql(args.arguments), true).await
}
