//! `berth organisation show`

use berth_api::v1 as api;
use berth_domain::OrganisationName;

use super::facts;
use crate::client::{Call, Client};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The organisation
    name: OrganisationName,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call = Call::get(Client::organisation(&args.name));
    let found: api::Organisation = session.client.call(call).await?;
    if session.printer.is_json() {
        session.printer.json(&found)?;
    } else {
        session.printer.data(&facts(&found))?;
    }
    Ok(Exit::Success)
}
