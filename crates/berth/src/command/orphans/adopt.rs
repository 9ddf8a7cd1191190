//! `berth orphans adopt`

use std::path::PathBuf;

use berth_api::v1 as api;
use berth_domain::TenantName;

use crate::change::{self, ChangeArgs, Outcome};
use crate::client::Call;
use crate::command::tenant::create::absolute;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// The tenant is archived afterwards; `berth tenant unarchive` brings it up.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Its database, as in `database/t_0123456789`
    orphan: String,
    /// What the tenant is to be called
    #[arg(long)]
    name: TenantName,
    /// The host that leads to it, instead of the name under the base domain
    #[arg(long)]
    host: Option<String>,
    /// The image that is to run it, instead of the installation's
    #[arg(long)]
    image: Option<String>,
    /// production, staging, development or test [default: as configured]
    #[arg(long)]
    stage: Option<String>,
    /// A folder with addons, for development tenants; below one of `development.addons_roots`
    #[arg(long, value_name = "DIR")]
    addons: Option<PathBuf>,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { orphan, name, host, image, stage, addons, change } = args;
    let addons = addons.as_deref().map(absolute).transpose()?;
    let body = api::Adoption { orphan, name: name.to_string(), host, image, stage, addons };
    let call = Call::post(session.client.path("/adoptions")).json(&body);
    match change::make(session, call, change).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(_) => {
            session.printer.data(&format!("{name} is archived"))?;
            session.printer.hint(&format!(
                "bring it up with `berth tenant unarchive {name}`; nobody here knows its administrator's password: then set one with `berth tenant password reset {name}`"
            ));
            Ok(Exit::Success)
        }
    }
}
