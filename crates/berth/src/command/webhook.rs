//! `berth webhook`

mod create;
mod delete;
mod deliveries;
mod list;
mod redeliver;
mod set;
mod show;
pub(crate) mod test;

use berth_api::v1 as api;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who is told what happens
    List,
    /// Make a webhook, and show the secret with which its messages are signed
    Create(create::Args),
    /// Show a webhook
    Show(NameArgs),
    /// Change a webhook, or switch it off or on
    Set(set::Args),
    /// Send a message now, and say whether it arrived
    Test(NameArgs),
    /// List messages and what came of them
    Deliveries(deliveries::Args),
    /// Send a message again
    Redeliver(redeliver::Args),
    /// Remove a webhook with what waits to be sent
    Delete(ChangeArgs),
}

/// Which webhook is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NameArgs {
    /// The webhook, by its name or id; `mail` are the readers that the configuration names
    name: String,
}

/// Which webhook is meant, and whether only to look.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    webhook: NameArgs,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl NameArgs {
    fn path(&self, session: &Session<'_>, end: &str) -> String {
        session.client.named("webhooks", &self.name, end)
    }
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Create(args) => create::run(args, session).await,
        Command::Show(args) => show::run(args, session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Test(args) => test::run(&args.name, session).await,
        Command::Deliveries(args) => deliveries::run(args, session).await,
        Command::Redeliver(args) => redeliver::run(args, session).await,
        Command::Delete(args) => delete::run(args, session).await,
    }
}

/// Whether messages are sent. What rests does not do so by anybody's wish, so why is said everywhere.
fn state(webhook: &api::Webhook) -> String {
    match &webhook.resting {
        _ if !webhook.enabled => "off".to_owned(),
        Some(why) => format!("resting: {why}"),
        None => "on".to_owned(),
    }
}
