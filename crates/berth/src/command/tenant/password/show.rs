//! `berth tenant password show`

use super::{NameArgs, print};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(args: NameArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(session.client.tenant(&args.name, "/password"));
    print(session, &session.client.call(call).await?)
}
