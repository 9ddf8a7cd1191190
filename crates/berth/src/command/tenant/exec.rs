//! `berth tenant exec`

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
    /// Give the command pipes, even where there is a terminal
    #[arg(long, short = 'T')]
    no_terminal: bool,
    /// The command and its arguments; no shell reads them
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    remote::run(session, &args.name, Run::Command(args.command), !args.no_terminal).await
}
