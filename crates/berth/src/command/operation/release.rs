//! `berth operation release`

use super::{AskArgs, ask};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(args: AskArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    ask(session, args, "/release", "done").await
}
