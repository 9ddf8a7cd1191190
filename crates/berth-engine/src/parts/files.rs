//! A tenant's folder: `odoo.conf`, the password file of `psql`, and Odoo's data.
//!
//! # Invariants
//!
//! * Files that hold secrets are 0600 and belong to the user that Odoo runs as.
//! * Of the threads that work on the files of one tenant, one is at work at a time.
//! * What a tenant may write to shares no file with another tenant: copies share blocks at most.

mod conf_file;
mod copy;
pub(crate) mod marker;
mod remove;
mod unpack;
mod wanted;

use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use berth_domain::reconcile::Files;
use berth_domain::{ObjectName, Tenant};
use berth_odoo::conf::{self, Conf};
use berth_odoo::health;
use berth_odoo::probe::Capabilities;
use berth_postgres::Address;
use berth_runtime::UserIds;
use secrecy::{ExposeSecret as _, SecretString};

use self::wanted::Wanted;
use super::cluster::Cluster;
use super::image;
use crate::disk;
use crate::engine::Inner;
use crate::operation::{Context, StepError};
use crate::paths::ObjectPaths;

pub(crate) use conf_file::{inspect as inspect_conf, write_conf};
pub(crate) use unpack::unpack;

/// Copies the blueprint's files and writes the configuration.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    disk::room(context, disk::Purpose::Files).await?;
    let tenant = context.tenant().await?;
    let blueprint = tenant
        .blueprint
        .ok_or_else(|| StepError::fail("no blueprint was chosen for the tenant"))?;
    let capabilities = capabilities(context, &tenant).await?;
    let user = image::user(&capabilities);
    let object = context.object();
    let from = context.settings.paths.object(&blueprint.object_name()).filestore();
    let (id, paths) = (tenant.id, context.settings.paths.object(&object));
    in_background(context, &object, "copy the filestore", move |wanted| {
        make_folders(&paths, user)?;
        copy::tree(&from, &paths.filestore(), user, wanted)?;
        marker::write(&paths, id)?;
        copy::sync(&paths.data())
    })
    .await?;
    write_conf(context, &tenant).await
}

/// Writes `odoo.conf` and the password file anew, whatever became of them. Folders are not made: where
/// they are missing a disk is, and an empty folder would hide it.
pub(crate) async fn refresh_conf(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    let paths = context.settings.paths.object(&context.object());
    if let Some(missing) = [paths.conf(), paths.data()].into_iter().find(|path| !path.is_dir()) {
        return Err(StepError::fail(format!(
            "`{}` is missing: is its disk mounted?",
            missing.display()
        )));
    }
    write_conf(context, &tenant).await
}

/// Makes the folders of a blueprint that is built.
pub(crate) async fn begin(
    engine: &Inner,
    object: &ObjectName,
    user: UserIds,
) -> Result<(), StepError> {
    let paths = engine.settings.paths.object(object);
    in_background(engine, object, "make folders", move |_| make_folders(&paths, user)).await
}

/// Writes the two files that hold secrets. Of folders only their own is made: where the one above is
/// missing a disk is, and an empty folder would hide it.
pub(crate) async fn write_both(
    engine: &Inner,
    object: &ObjectName,
    conf: SecretString,
    password: &SecretString,
    user: UserIds,
) -> Result<(), StepError> {
    let pgpass = berth_postgres::dump::pass_file(object, password);
    let paths = engine.settings.paths.object(object);
    in_background(engine, object, "write the configuration", move |_| {
        match std::fs::create_dir(paths.conf()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        give(&paths.conf(), user)?;
        write_secret(&paths.conf().join("odoo.conf"), &conf, user)?;
        write_secret(&paths.conf().join("pgpass"), &pgpass, user)
    })
    .await
}

/// Renders `odoo.conf`.
pub(crate) fn render(conf: &Conf<'_>) -> Result<SecretString, StepError> {
    conf::render(conf).map_err(|error| StepError::fail(error.to_string()))
}

/// Looks whose a tenant's filestore is.
pub(crate) async fn inspect(engine: &Inner, tenant: &Tenant) -> Result<Files, StepError> {
    let object = tenant.id.object_name();
    let (id, paths) = (tenant.id, engine.settings.paths.object(&object));
    in_background(engine, &object, "look at the filestore", move |_| marker::inspect(&paths, id))
        .await
}

/// Marks a tenant's filestore as its own when every file is there that its database names: `rows`
/// are the answer to [`health::blobs_statement`].
pub(crate) async fn adopt(
    engine: &Inner,
    tenant: &Tenant,
    rows: Vec<berth_odoo::Row>,
) -> Result<(), StepError> {
    let object = tenant.id.object_name();
    let (id, paths) = (tenant.id, engine.settings.paths.object(&object));
    let probe = in_background(engine, &object, "mark the filestore", move |_| {
        let probe = health::blobs(&rows, &paths.filestore());
        if probe.status == health::Status::Ok {
            marker::write(&paths, id)?;
        }
        Ok(probe)
    });
    whole(&probe.await?)
}

/// Sees that every file is there that a database names: `rows` are the answer to
/// [`health::blobs_statement`].
pub(crate) async fn verify(
    engine: &Inner,
    object: &ObjectName,
    rows: Vec<berth_odoo::Row>,
) -> Result<(), StepError> {
    let paths = engine.settings.paths.object(object);
    let probe = in_background(engine, object, "look at the filestore", move |_| {
        Ok(health::blobs(&rows, &paths.filestore()))
    });
    whole(&probe.await?)
}

fn whole(probe: &health::Probe) -> Result<(), StepError> {
    if probe.status == health::Status::Ok {
        return Ok(());
    }
    Err(StepError::fail(format!("its filestore is not whole: {}", probe.detail)))
}

/// Where Odoo reaches its database.
pub(crate) fn connection(
    cluster: &Cluster,
    object: &ObjectName,
    password: &SecretString,
) -> conf::Database {
    let (host, port) = cluster.endpoint();
    let ssl_mode = match cluster.server.address() {
        Address::Socket { .. } => None,
        Address::Tcp { ssl_mode, .. } => Some(ssl_mode.as_str().to_owned()),
    };
    conf::Database { host, port, ssl_mode, name: object.clone(), password: password.clone() }
}

async fn capabilities(engine: &Inner, tenant: &Tenant) -> Result<Capabilities, StepError> {
    image::capabilities(engine, &tenant.image.reference, &tenant.image.digest).await
}

/// Removes the folder and sees that it is gone.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    remove_object(context, &context.object()).await
}

/// Removes the folder of a tenant or blueprint.
pub(crate) async fn remove_object(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    let paths = engine.settings.paths.object(object);
    in_background(engine, object, "remove files", move |wanted| remove::folder(&paths, wanted))
        .await
}

/// Makes the folders of a tenant or blueprint, with the rights that Odoo needs.
pub(crate) fn make_folders(paths: &ObjectPaths, user: UserIds) -> io::Result<()> {
    std::fs::create_dir_all(paths.root())?;
    // Nobody but root and the container's user looks into it.
    std::fs::set_permissions(paths.root(), std::fs::Permissions::from_mode(0o711))?;
    for folder in [paths.conf(), paths.data(), paths.data().join("filestore")] {
        std::fs::create_dir_all(&folder)?;
        give(&folder, user)?;
    }
    Ok(())
}

/// Gives a folder to the container's user alone.
fn give(folder: &Path, user: UserIds) -> io::Result<()> {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    own(folder, user)
}

/// Writes beside and renames, so that Odoo never reads half a file.
fn write_secret(path: &Path, content: &SecretString, user: UserIds) -> io::Result<()> {
    use io::Write as _;

    let beside = path.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file =
        std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&beside)?;
    file.write_all(content.expose_secret().as_bytes())?;
    own(&beside, user)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    // The name is in the folder, which has a cache of its own (fsync(2)).
    let folder = path.parent().unwrap_or(Path::new("/"));
    std::fs::File::open(folder)?.sync_all()
}

/// Gives a file to the container's user. Only root can; anybody else is that user already, or the
/// container will say that it cannot read.
fn own(path: &Path, user: UserIds) -> io::Result<()> {
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))?;
    }
    Ok(())
}

/// Does work on the files of a tenant or blueprint in a thread that may block.
///
/// A thread cannot be cut off. When nobody waits for it any more (its step was cancelled, or the
/// engine gives its work to another process) it is told so and ends soon, and until then no other work
/// on the same files begins.
async fn in_background<F, T>(
    engine: &Inner,
    object: &ObjectName,
    what: &'static str,
    work: F,
) -> Result<T, StepError>
where
    F: FnOnce(&Wanted) -> io::Result<T> + Send + 'static,
    T: Send + 'static,
{
    let turn = engine.locks.lock(&format!("files of {object}")).await;
    let (waiting, wanted) = Wanted::new();
    let done = engine.file_work.spawn_blocking(move || {
        let result = work(&wanted);
        drop(turn);
        result
    });
    let result = match done.await {
        Ok(result) => result.map_err(StepError::io(format!("cannot {what}"))),
        Err(error) => Err(StepError::fail(format!("cannot {what}: {error}"))),
    };
    drop(waiting);
    result
}
