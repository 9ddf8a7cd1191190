//! `berth webhook create`

use berth_api::v1 as api;

use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Messages are signed as in the Standard Webhooks specification.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Where messages go, as in <https://hooks.example.com/berth>
    url: String,
    /// Of what: kinds such as tenant.broken, beginnings such as 'tenant.*', with commas between
    /// [default: everything]
    #[arg(long, value_name = "KINDS")]
    events: Option<String>,
    /// What it is called [default: the host]
    #[arg(long)]
    name: Option<String>,
    /// Show what would happen, and make nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { url, events, name, dry_run } = args;
    let body = api::WebhookCreate { url, name, events };
    let call = Call::post(session.client.path("/webhooks")).json(&body);
    if dry_run {
        return change::plan(session, call).await;
    }
    let made: api::WebhookCreated = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&made)?;
        return Ok(Exit::Success);
    }
    let name = &made.webhook.name;
    printer.data(&made.secret)?;
    printer.talk(&format!("{name} is made; its messages are signed with this secret"));
    printer.talk("keep it now: it is not shown again");
    printer.hint(&format!("try it with `berth webhook test {name}`"));
    Ok(Exit::Success)
}
