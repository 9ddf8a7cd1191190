//! `berth tenant password reset`

use std::path::PathBuf;

use berth_api::v1 as api;
use berth_domain::TenantName;

use super::{print, read_password};
use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// A file with the new password, - for standard input [default: one is made up]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let password = args.password_file.as_deref().map(read_password).transpose()?;
    let call = Call::post(session.client.tenant(&args.name, "/password"))
        .json(&api::PasswordReset { password });
    if args.dry_run {
        return change::plan(session, call).await;
    }
    print(session, &session.client.call(call).await?)
}
