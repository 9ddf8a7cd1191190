//! `berth schedule delete`

use http::Method;

use crate::change::{self, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) async fn run(args: super::ChangeArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let super::ChangeArgs { schedule, dry_run } = args;
    let call = Call::new(Method::DELETE, schedule.path(session, ""));
    let outcome =
        change::make_or_follow(session, call, change::ChangeArgs::at_once(dry_run)).await?;
    if matches!(outcome, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(&format!("{} is removed", schedule.name))?;
    }
    Ok(Exit::Success)
}
