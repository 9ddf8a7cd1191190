//! `berth tenant shell`

use berth_api::v1::exec::Run;

use super::NameArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::remote;
use crate::session::Session;

pub(crate) async fn run(args: NameArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    remote::run(session, &args.name, Run::Shell, true).await
}
