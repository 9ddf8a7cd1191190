//! `berth webhook set`

use berth_api::v1 as api;
use http::Method;

use super::NameArgs;
use crate::change::{self, ChangeArgs, Made};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// What is not named stays as it is. What happens while it is off is not told later.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("changes").required(true).multiple(true))]
pub(crate) struct Args {
    #[command(flatten)]
    webhook: NameArgs,
    /// Where messages go
    #[arg(long, value_name = "URL", group = "changes")]
    to: Option<String>,
    /// Of what: kinds such as tenant.broken, beginnings such as 'tenant.*', with commas between
    #[arg(long, value_name = "KINDS", group = "changes")]
    events: Option<String>,
    /// Send messages
    #[arg(long, group = "changes", conflicts_with = "off")]
    on: bool,
    /// Send no messages
    #[arg(long, group = "changes")]
    off: bool,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { webhook, to, events, on, off, dry_run } = args;
    let enabled = (on || off).then_some(on);
    let body = api::WebhookSet { url: to, events, enabled };
    let call = Call::new(Method::PATCH, webhook.path(session, "")).json(&body);
    if let Made::AtOnce(set) =
        change::make_or_follow(session, call, ChangeArgs::at_once(dry_run)).await?
    {
        if session.printer.is_json() {
            session.printer.json(&set)?;
        } else {
            session.printer.data(&format!("{} is changed", webhook.name))?;
        }
    }
    Ok(Exit::Success)
}
