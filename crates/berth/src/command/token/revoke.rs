//! `berth token revoke`

use berth_domain::TokenId;
use http::Method;

use super::PlaceArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// As `berth token list` shows it
    id: TokenId,
    #[command(flatten)]
    place: PlaceArgs,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { id, place, dry_run } = args;
    let call = Call::new(Method::DELETE, place.path(session, &format!("/{id}")));
    let outcome = change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?;
    if matches!(outcome, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(&format!("{id} is revoked"))?;
    }
    Ok(Exit::Success)
}
