//! `berth organisation create`

use berth_api::v1 as api;

use crate::change;
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Its name: 3 to 40 characters of a-z, 0-9 and -, starting with a letter
    name: String,
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Show what would happen, and make nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, title, dry_run } = args;
    let call = Call::post("/api/v1/organisations").json(&api::OrganisationCreate { name, title });
    if dry_run {
        return change::plan(session, call).await;
    }
    let made: api::Organisation = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&made)?;
        return Ok(Exit::Success);
    }
    let name = &made.name;
    printer.data(&format!("{name} is made"))?;
    printer.hint(&format!(
        "invite somebody with `berth --organisation {name} invitation create ADDRESS --role admin`, make a tenant with `berth --organisation {name} tenant create NAME`"
    ));
    Ok(Exit::Success)
}
