//! `berth organisation set`

use berth_api::v1 as api;
use berth_domain::OrganisationName;
use http::Method;

use super::facts;
use crate::change::{self, MatchArgs};
use crate::client::{Call, Client};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The organisation
    name: OrganisationName,
    /// What people call it; an empty text takes the title away
    #[arg(long, value_name = "TEXT")]
    title: String,
    #[command(flatten)]
    seen: MatchArgs,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, title, seen, dry_run } = args;
    let body = api::OrganisationSet { title: Some(title) };
    let call = seen.guard(Call::new(Method::PATCH, Client::organisation(&name)).json(&body));
    if dry_run {
        return change::plan(session, call).await;
    }
    let changed: api::Organisation = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&changed)?;
    } else {
        session.printer.data(&facts(&changed))?;
    }
    Ok(Exit::Success)
}
