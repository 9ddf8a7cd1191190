//! `berth quota`

mod clear;
mod list;
mod set;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List quotas and what is used of them
    List,
    /// Set what the tenants of an owner may have together
    Set(set::Args),
    /// Take a quota away: the configured one holds again
    Clear(clear::Args),
}

/// Whose quota is meant.
#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhoArgs {
    /// Who answers for the tenants
    owner: Option<String>,
    /// All tenants of the organisation together
    #[arg(long)]
    everybody: bool,
}

impl WhoArgs {
    fn path(&self, session: &Session<'_>) -> String {
        match &self.owner {
            Some(owner) => {
                let owner = utf8_percent_encode(owner, NON_ALPHANUMERIC);
                session.client.path(&format!("/quotas/{owner}"))
            }
            None => session.client.path("/quota"),
        }
    }

    fn text(&self) -> &str {
        self.owner.as_deref().unwrap_or("the organisation")
    }
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Clear(args) => clear::run(args, session).await,
    }
}
