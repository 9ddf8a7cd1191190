//! `berth invitation revoke`

use berth_domain::InvitationId;
use http::Method;

use super::PlaceArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// As `berth invitation list` shows it
    id: InvitationId,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { id, place } = args;
    let call = Call::new(Method::DELETE, place.path(session, &format!("/{id}")));
    let made = change::make_or_follow(session, call, ChangeArgs::at_once(false)).await?;
    if matches!(made, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(&format!("{id} is revoked"))?;
    }
    Ok(Exit::Success)
}
