//! `berth tenant import`
//!
//! # Invariants
//!
//! * The backup is sent once. When it is refused it stays for another try, and its id is told; after a
//!   dry run it is removed.

mod packed;
mod sent;

use std::path::PathBuf;

use berth_api::v1 as api;
use berth_domain::UploadId;
use http::Method;

use crate::change::{self, ChangeArgs, Outcome};
use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

use super::create::absolute;
use super::notes::NoteArgs;

/// What is sent is refused, or becomes a tenant.
#[expect(clippy::struct_excessive_bools, reason = "each is one switch of the command line")]
#[derive(Debug, Clone, clap::Args)]
#[command(
    override_usage = "berth tenant import [OPTIONS] <NAME> <FILE>\n       berth tenant import [OPTIONS] <NAME> --upload <ID>"
)]
#[command(group = clap::ArgGroup::new("backup").required(true).multiple(false))]
pub(crate) struct Args {
    /// 3 to 40 characters of a-z, 0-9 and -, starting with a letter
    name: String,
    /// The backup
    #[arg(group = "backup")]
    file: Option<PathBuf>,
    /// A backup that was sent in before, as `berth upload list` shows it
    #[arg(long, value_name = "ID", group = "backup")]
    upload: Option<UploadId>,
    /// The stored files that belong to a dump of `pg_dump`: the folder `filestore/DATABASE`
    #[arg(long, value_name = "DIR", requires = "file")]
    filestore: Option<PathBuf>,
    /// Full host name [default: the name under the configured domain]
    #[arg(long)]
    host: Option<String>,
    /// production, staging, development or test [default: as configured]
    #[arg(long)]
    stage: Option<String>,
    /// An image of the backup's Odoo version [default: as configured]
    #[arg(long)]
    image: Option<String>,
    /// Make it harmless: no mail, no jobs, no payments [default: unless it is a production tenant]
    #[arg(long, overrides_with = "no_neutralize")]
    neutralize: bool,
    /// Keep mail, jobs and payments as they are
    #[arg(long)]
    no_neutralize: bool,
    /// Import a database whose modules the image does not have
    #[arg(long)]
    allow_missing_modules: bool,
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
    #[arg(long, value_name = "KEY", requires = "upload")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let (key, change) = (args.idempotency_key.clone(), args.change);
    let sent = match &args.file {
        Some(file) => match sent::send(session, file, args.filestore.as_deref()).await? {
            Some(upload) => Some(upload),
            None => return Ok(Exit::Interrupted),
        },
        None => None,
    };
    let upload = match (&sent, args.upload) {
        (Some(sent), _) => sent.id.clone(),
        (None, Some(id)) => id.to_string(),
        (None, None) => return Err(Failure::refused("there is no backup", "name a file")),
    };
    let call = Call::post(session.client.path("/imports"))
        .header("idempotency-key", key)
        .json(&body(args, upload)?);
    let outcome = change::make(session, call, change).await;
    if let Some(sent) = &sent {
        tidy_up(session, sent, change.dry_run, &outcome).await?;
    }
    match outcome? {
        Outcome::Said(exit) => Ok(exit),
        Outcome::Done(operation) => {
            // The name is valid by now: a tenant is called that.
            let path = session.client.path(&format!("/tenants/{}", operation.target));
            let tenant: api::Tenant = session.client.call(Call::get(path)).await?;
            let api::Tenant { name, url, .. } = &tenant;
            session.printer.data(&format!("{name} is running at {url}"))?;
            session.printer.talk(&format!(
                "everybody signs in as before; `berth tenant password reset {name}` gives {} another password",
                tenant.odoo.admin_login
            ));
            Ok(Exit::Success)
        }
    }
}

/// Removes what a dry run sent, and says where it is when it was refused.
async fn tidy_up(
    session: &Session<'_>,
    sent: &api::Upload,
    was_dry_run: bool,
    outcome: &Result<Outcome, Failure>,
) -> Result<(), Failure> {
    let id = &sent.id;
    if was_dry_run {
        let call = Call::new(Method::DELETE, session.client.path(&format!("/uploads/{id}")));
        session.client.open(call).await?;
    } else if outcome.is_err() {
        session.printer.talk(&format!(
            "the backup is kept as {id} for a while: `--upload {id}` imports it without sending it again"
        ));
    }
    Ok(())
}

fn body(args: Args, upload: String) -> Result<api::TenantImport, Failure> {
    let addons = args.addons.as_deref().map(absolute).transpose()?;
    Ok(api::TenantImport {
        upload,
        name: args.name,
        host: args.host,
        stage: args.stage,
        image: args.image,
        neutralize: match (args.neutralize, args.no_neutralize) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        },
        allow_missing_modules: args.allow_missing_modules,
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
