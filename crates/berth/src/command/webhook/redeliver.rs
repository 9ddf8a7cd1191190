//! `berth webhook redeliver`

use berth_api::v1 as api;

use super::NameArgs;
use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    webhook: NameArgs,
    /// The message, as in `berth webhook deliveries`
    message: String,
    /// Show what would happen, and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { webhook, message, dry_run } = args;
    let path = session.client.named("webhooks", &webhook.name, "/deliveries");
    let call = Call::post(format!("{path}/{message}/redeliver"));
    if dry_run {
        return change::plan(session, call).await;
    }
    let again: api::Delivery = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&again)?;
    } else {
        session.printer.data(&format!("message {} is sent again", again.id))?;
        let list = format!("see what comes of it with `berth webhook deliveries {}`", webhook.name);
        session.printer.hint(&list);
    }
    Ok(Exit::Success)
}
