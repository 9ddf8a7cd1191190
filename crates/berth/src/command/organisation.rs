//! `berth organisation`

mod create;
mod delete;
mod list;
mod set;
mod show;

use berth_api::v1 as api;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the organisations that one belongs to; all to an operator
    List(list::Args),
    /// Make an organisation
    ///
    /// Its name stands in addresses and stays; a title for people may change. Nobody belongs to it until
    /// somebody is invited with `berth --organisation NAME invitation create`.
    Create(create::Args),
    /// Show an organisation
    Show(show::Args),
    /// Say what people call an organisation
    Set(set::Args),
    /// Delete an organisation that has no tenants, with everything in it
    Delete(delete::Args),
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::List(args) => list::run(args, session).await,
        Command::Create(args) => create::run(args, session).await,
        Command::Show(args) => show::run(args, session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Delete(args) => delete::run(args, session).await,
    }
}

fn facts(organisation: &api::Organisation) -> String {
    let api::Organisation { id, name, title, tenants, created_at, etag } = organisation;
    table::facts(&[
        ("name", Some(name.clone())),
        ("title", title.clone()),
        ("tenants", Some(tenants.to_string())),
        ("created", Some(table::time(*created_at))),
        ("id", Some(id.clone())),
        ("etag", Some(etag.clone())),
    ])
}
