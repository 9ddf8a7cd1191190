//! `berth tenant unarchive`

use super::{ChangeOneArgs, said};
use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(args: ChangeOneArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::post(session.client.tenant(&args.name, "/unarchive"));
    let outcome = change::make(session, call, args.change).await?;
    said(session, &args.name, outcome).await
}
