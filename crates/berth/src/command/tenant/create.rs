//! `berth tenant create`

use std::path::{Path, PathBuf};

use berth_api::v1 as api;

use crate::change::{self, ChangeArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

use super::notes::NoteArgs;
use super::password::read_password;

/// Everything but the name has a default. The server looks at all of it at once, so that one answer
/// lists everything that is wrong.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// 3 to 40 characters of a-z, 0-9 and -, starting with a letter
    name: String,
    /// Full host name [default: the name under the configured domain]
    #[arg(long)]
    host: Option<String>,
    /// production, staging, development or test [default: as configured]
    #[arg(long)]
    stage: Option<String>,
    /// An image that the engine has, as in odoo:19.0 [default: as configured]
    #[arg(long)]
    image: Option<String>,
    /// Modules to install, as in `sale_management,crm`
    #[arg(long, value_name = "MODULE", value_delimiter = ',')]
    modules: Vec<String>,
    /// A language code of Odoo, as in `de_DE` [default: as configured]
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Two capital letters, as in DE
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Load Odoo's demo data
    #[arg(long)]
    demo: bool,
    /// The company's name [default: the tenant's]
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
    /// What the administrator types to sign in [default: admin]
    #[arg(long, value_name = "LOGIN")]
    admin_login: Option<String>,
    /// A file with the administrator's password, - for standard input [default: one is made up]
    #[arg(long, value_name = "FILE")]
    admin_password_file: Option<PathBuf>,
    /// Of the administrator and the company
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// As in Europe/Berlin [default: as configured]
    #[arg(long, value_name = "NAME")]
    time_zone: Option<String>,
    /// Processor time in cores: 2, 0.5 or 1500m [default: as configured]
    #[arg(long, value_name = "CORES")]
    cpu: Option<String>,
    /// Memory, as in 1GiB or 1536MiB [default: as configured]
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Processes and threads [default: as configured]
    #[arg(long, value_name = "N")]
    pids: Option<u32>,
    /// A folder with addons, for development tenants; below one of `development.addons_roots`
    #[arg(long, value_name = "DIR")]
    addons: Option<PathBuf>,
    /// Give it a PostgreSQL server that no other tenant has a database on
    #[arg(long)]
    own_cluster: bool,
    #[command(flatten)]
    notes: NoteArgs,
    /// The same key and the same request make one tenant, however often it is sent
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let (key, change) = (args.idempotency_key.clone(), args.change);
    let call = Call::post(session.client.path("/tenants"))
        .header("idempotency-key", key)
        .json(&body(args)?);
    match change::make(session, call, change).await? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) => {
            // The name is valid by now: a tenant is called that.
            let path = session.client.path(&format!("/tenants/{}", operation.target));
            let tenant: api::Tenant = session.client.call(Call::get(path)).await?;
            let api::Tenant { name, url, .. } = &tenant;
            session.printer.data(&format!("{name} is running at {url}"))?;
            let login = &tenant.odoo.admin_login;
            session.printer.talk(&format!(
                "sign in as {login}; `berth tenant password show {name}` shows the password"
            ));
            Ok(Exit::Success)
        }
    }
}

fn body(args: Args) -> Result<api::TenantCreate, Failure> {
    let admin_password = args.admin_password_file.as_deref().map(read_password).transpose()?;
    let addons = args.addons.as_deref().map(absolute).transpose()?;
    Ok(api::TenantCreate {
        name: args.name,
        host: args.host,
        stage: args.stage,
        image: args.image,
        modules: args.modules,
        language: args.language,
        country: args.country,
        demo: args.demo,
        company: args.company,
        admin_login: args.admin_login,
        admin_password,
        email: args.email,
        time_zone: args.time_zone,
        cpu: args.cpu,
        memory: args.memory,
        pids: args.pids,
        addons,
        own_cluster: args.own_cluster,
        notes: args.notes.notes,
        tags: args.notes.tags,
        owner: args.notes.owner,
        expires: args.notes.expires,
        storage: args.notes.storage,
    })
}

/// The server does not know in which folder this was typed.
pub(in crate::command) fn absolute(folder: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(folder).map_err(anyhow::Error::new)?;
    Ok(absolute.display().to_string())
}
