//! A tenant's database, made of the dump of a backup.
//!
//! # Invariants
//!
//! * The dump runs as the tenant's own role, in a database of its own, statement by statement: it can
//!   do nothing that the tenant could not do afterwards.
//! * A database whose dump did not run to its end, or is of another Odoo than the image, does not count
//!   as made.
//! * What the tenant is said to be (modules, administrator, company) is read from its database.

mod adopt;
mod contents;
mod custom;
mod feed;

use std::path::PathBuf;

use berth_domain::{Bytes, ObjectName};
use berth_postgres::{Report, RestoreError, Restorer};
use berth_store::secrets::SecretName;
use secrecy::SecretString;
use tokio::sync::mpsc;

use super::cluster::Cluster;
use super::database;
use crate::disk;
use crate::operation::{Context, Needs, StepError};
use crate::sagas::import::ImportInput;
use crate::source::{self, DumpKind, Source};

/// Pieces of a dump that may wait for the server.
const WAITING: usize = 4;

/// A backup on its way into a database.
struct Restoration<'a> {
    cluster: &'a Cluster,
    object: &'a ObjectName,
    password: &'a SecretString,
    path: PathBuf,
    source: Source,
}

/// Restores the database, judges what came of it, and gives it an address and an owner's name.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    let input = ImportInput::of(context)?;
    let tenant = context.tenant().await?;
    let object = context.object();
    let cluster = context.cluster_of(&tenant).await?;
    let password = database::secret_of(context, tenant.id, SecretName::DbPassword).await?;
    let server = &cluster.server;
    let limit = database::connections(tenant.limits).role_limit();
    server.ensure_role(&object, &password, limit).await?;
    if server.begin_restore(&object, &object).await? {
        let (path, source) = open(context, &input).await?;
        let restoration =
            Restoration { cluster: &cluster, object: &object, password: &password, path, source };
        restoration.run(context).await?;
    }
    let mut database = server.open(&object, &password).await?;
    let adopted = adopt::adopt(context, &input, &tenant, &mut database).await;
    database.close().await;
    adopted?;
    Ok(server.mark_complete(&object).await?)
}

/// Removes what a restoration that was cut off left running.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    custom::remove_object(context, &context.object()).await
}

pub(crate) use custom::TOOLS;

/// Reads the backup that an import is of, once more.
pub(crate) async fn open(
    context: &Context,
    input: &ImportInput,
) -> Result<(PathBuf, Source), StepError> {
    let path = context.settings.paths.upload(input.upload()?);
    // What it takes was compared with the disk when it was admitted; some of it may be there by now.
    let looked = source::look(path.clone(), Bytes(u64::MAX)).await;
    match looked.map_err(|error| StepError::fail(error.to_string()))? {
        Ok(source) => Ok((path, source)),
        Err(problems) => Err(StepError::fail(problems.to_string())),
    }
}

impl Restoration<'_> {
    async fn run(&self, context: &Context) -> Result<(), StepError> {
        let server = &self.cluster.server;
        disk::room(context, disk::Purpose::Import).await?;
        server.add_allowed_extensions(self.object, &self.source.extensions).await?;
        let mut restorer = server.restorer(self.object, self.password).await?;
        let carried_out = async {
            match self.source.dump_kind() {
                DumpKind::Script => self.script(context, &mut restorer).await,
                DumpKind::Custom => custom::restore(context, self, &mut restorer).await,
            }
        };
        // How large a dump becomes is only seen when it is: it must not fill the disk that the other
        // tenants' databases are on.
        let report = tokio::select! {
            report = carried_out => report,
            no_room = disk::until_full(context, disk::Purpose::Import) => Err(no_room.into()),
        };
        report.map_err(|error| self.explain(error))?;
        let Report { statements, rows, skipped } = restorer.finish().await;
        context.reporter.log(&format!("restored: {statements} statements, {rows} rows"));
        for (why, count) in skipped {
            context.reporter.log(&format!("left out: {count} statements {why}"));
        }
        Ok(())
    }

    /// Carries out `dump.sql` while it is unpacked.
    async fn script(&self, context: &Context, restorer: &mut Restorer) -> Result<(), StepError> {
        let dump =
            self.source.open_dump(&self.path).map_err(StepError::io("cannot read the dump"))?;
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let reporter = context.reporter.clone();
        let size = self.source.dump;
        let reading = context.file_work.spawn_blocking(move || {
            feed::script(dump, &sender, &mut feed::Progress::new(reporter, size));
        });
        let outcome = restorer.run(&mut receiver).await;
        // Ends the thread where the server refused the dump.
        drop(receiver);
        if let Err(error) = reading.await {
            return Err(StepError::fail(format!("cannot read the dump: {error}")));
        }
        outcome.map_err(|error| refused(&error))
    }

    /// Says which versions were involved when the dump is of a newer server.
    fn explain(&self, error: StepError) -> StepError {
        let here = self.cluster.server.version().major();
        match self.source.server_major {
            Some(there) if there > here => StepError {
                why: format!(
                    "{} (the backup is of PostgreSQL {there}, and the server here is {here})",
                    error.why
                ),
                ..error
            },
            _ => error,
        }
    }
}

/// A dump that cannot be carried out will not be the next time either, unless the server went away.
fn refused(error: &RestoreError) -> StepError {
    let why = format!("the dump is refused: {}", berth_domain::chain(error));
    if error.may_pass() { StepError::retry(why).needing(Needs::BOTH) } else { StepError::fail(why) }
}

/// How far a dump of this size is, of a thousand.
fn permille(done: u64, size: Bytes) -> u32 {
    let done = u128::from(done) * 1000 / u128::from(size.0.max(1));
    u32::try_from(done.min(1000)).unwrap_or(1000)
}
