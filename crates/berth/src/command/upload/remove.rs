//! `berth upload remove`

use berth_domain::UploadId;
use http::Method;

use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// As `berth upload list` shows it
    id: UploadId,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { id, dry_run } = args;
    let call = Call::new(Method::DELETE, session.client.path(&format!("/uploads/{id}")));
    let outcome = change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?;
    if matches!(outcome, Made::AtOnce(_)) && !session.printer.is_json() {
        session.printer.data(&format!("{id} is removed"))?;
    }
    Ok(Exit::Success)
}
