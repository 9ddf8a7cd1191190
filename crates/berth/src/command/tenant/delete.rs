//! `berth tenant delete`

use std::io::IsTerminal as _;

use berth_domain::TenantName;
use http::Method;

use super::get;
use crate::change::{self, ChangeArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, yes, change } = args;
    if !yes && !change.dry_run {
        confirm(session, &name).await?;
    }
    let call = Call::new(Method::DELETE, session.client.tenant(&name, ""));
    match change::make(session, call, change).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(_) => {
            session.printer.data(&format!("{name} is deleted"))?;
            Ok(Exit::Success)
        }
    }
}

/// Asks to type the name of a tenant that exists.
async fn confirm(session: &Session<'_>, name: &TenantName) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::refused(
            format!("nobody is here to confirm that `{name}` is to be deleted"),
            "use --yes if that is what you want",
        ));
    }
    let tenant = get(session, name).await?;
    let prompt = format!(
        "This deletes the {} tenant {name} ({}) with its database and its files.\n\
         There is no way back. Type its name to go on: ",
        tenant.stage, tenant.url,
    );
    session.printer.ask(&prompt)?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(anyhow::Error::new)?;
    if typed.trim() == name.as_str() {
        return Ok(());
    }
    Err(Failure::Refused { message: "nothing was deleted".to_owned(), hint: None })
}
