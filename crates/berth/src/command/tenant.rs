//! `berth tenant`

mod archive;
pub(in crate::command) mod create;
mod delete;
mod eject;
mod exec;
mod export;
mod import;
mod list;
mod logs;
mod modules;
mod notes;
mod open;
mod password;
mod plan;
mod psql;
mod rename;
mod restart;
mod restore_deleted;
mod resume;
mod set;
mod shell;
mod show;
mod start;
mod statistics;
mod stop;
mod suspend;
mod unarchive;

use berth_api::v1 as api;
use berth_domain::TenantName;

use crate::change::{ChangeArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a tenant
    Create(Box<create::Args>),
    /// Make a tenant of a backup
    ///
    /// FILE is the zip file of Odoo's database manager or of `odoo db dump`, what `pg_dump
    /// --format=custom` wrote, or an export. Users and passwords come with it. A production tenant
    /// moves in as what it was; a copy of any other stage is neutralised.
    Import(Box<import::Args>),
    /// List tenants
    List(list::Args),
    /// Show a tenant and how it is doing
    Show(NameArgs),
    /// Show where a tenant is and how to sign in
    Open(open::Args),
    /// Start a tenant that is stopped or broken
    Start(ChangeOneArgs),
    /// Stop a tenant: visitors get 503 until it is started
    Stop(ChangeOneArgs),
    /// Stop and start a tenant
    Restart(ChangeOneArgs),
    /// Give a tenant other limits or another stage, and note things about it
    Set(set::Args),
    /// Give a tenant another name and host
    Rename(rename::Args),
    /// List the modules of a tenant, as its database and its image know them
    Modules(modules::ListArgs),
    /// Install modules in a tenant, with what they need
    ///
    /// The tenant is stopped meanwhile. Whatever fails is taken back.
    InstallModules(modules::Args),
    /// Upgrade modules of a tenant to the versions of its image, and what needs them
    ///
    /// The tenant is stopped meanwhile. Whatever fails is taken back. `base` upgrades everything.
    UpgradeModules(modules::Args),
    /// Uninstall modules of a tenant, with what they keep in its database
    ///
    /// The tenant is stopped meanwhile. Whatever fails is taken back; once it is done there is no way
    /// back to the data.
    UninstallModules(modules::UninstallArgs),
    /// Close a tenant: visitors get 403 until an operator resumes it
    Suspend(ChangeOneArgs),
    /// Open a tenant again that was suspended
    Resume(ChangeOneArgs),
    /// Put a tenant away: its database and files are kept, nothing of it runs
    Archive(ChangeOneArgs),
    /// Bring an archived tenant back
    Unarchive(ChangeOneArgs),
    /// Delete a tenant; for some days it can be brought back
    Delete(delete::Args),
    /// Bring a deleted tenant back
    RestoreDeleted(ChangeOneArgs),
    /// Show what is there of a tenant and what Berth does about it
    Plan(plan::Args),
    /// Show what a tenant used: processor, memory, requests, database
    ///
    /// A tenant is looked at once a minute while it runs, and that is kept for a week.
    Statistics(statistics::Args),
    /// The password of a tenant's administrator
    #[command(subcommand)]
    Password(password::Command),
    /// Print the log of a tenant
    Logs(logs::Args),
    /// Run a command in a tenant's container
    Exec(exec::Args),
    /// Open psql on a tenant's database, as the tenant's own role
    Psql(psql::Args),
    /// Open Odoo's Python shell on a tenant's database
    Shell(NameArgs),
    /// Write a backup that Odoo itself can restore
    ///
    /// It has everything that is in the tenant. `berth export` describes what tenants are to be.
    Export(export::Args),
    /// Write a folder in which a copy of a tenant runs without Berth
    Eject(eject::Args),
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NameArgs {
    /// The tenant
    name: TenantName,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ChangeOneArgs {
    /// The tenant
    name: TenantName,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(command: Command, session: &Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Create(args) => create::run(*args, session).await,
        Command::Import(args) => import::run(*args, session).await,
        Command::List(args) => list::run(args, session).await,
        Command::Show(args) => show::run(args, session).await,
        Command::Open(args) => open::run(args, session).await,
        Command::Start(args) => start::run(args, session).await,
        Command::Stop(args) => stop::run(args, session).await,
        Command::Restart(args) => restart::run(args, session).await,
        Command::Delete(args) => delete::run(args, session).await,
        Command::Set(args) => set::run(args, session).await,
        Command::Rename(args) => rename::run(args, session).await,
        Command::Modules(args) => modules::list(args, session).await,
        Command::InstallModules(args) => modules::install(args, session).await,
        Command::UpgradeModules(args) => modules::upgrade(args, session).await,
        Command::UninstallModules(args) => modules::uninstall(args, session).await,
        Command::Suspend(args) => suspend::run(args, session).await,
        Command::Resume(args) => resume::run(args, session).await,
        Command::Archive(args) => archive::run(args, session).await,
        Command::Unarchive(args) => unarchive::run(args, session).await,
        Command::RestoreDeleted(args) => restore_deleted::run(args, session).await,
        Command::Plan(args) => plan::run(args, session).await,
        Command::Statistics(args) => statistics::run(args, session).await,
        Command::Password(command) => password::run(command, session).await,
        Command::Logs(args) => logs::run(args, session).await,
        Command::Exec(args) => exec::run(args, session).await,
        Command::Psql(args) => psql::run(args, session).await,
        Command::Shell(args) => shell::run(args, session).await,
        Command::Export(args) => export::run(args, session).await,
        Command::Eject(args) => eject::run(args, session).await,
    }
}

async fn get(session: &Session<'_>, name: &TenantName) -> Result<api::Tenant, Failure> {
    session.client.call(Call::get(session.client.tenant(name, ""))).await
}

/// Says in which state the tenant is after a change.
async fn said(session: &Session<'_>, name: &TenantName, outcome: Outcome) -> Result<Exit, Failure> {
    match outcome {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(_) => {
            let tenant = get(session, name).await?;
            session.printer.data(&match tenant.state.as_str() {
                "running" => format!("{name} is running at {}", tenant.url),
                state => format!("{name} is {state}"),
            })?;
            Ok(Exit::Success)
        }
    }
}
