//! A tenant's `odoo.conf` and the password file of `psql`: what they should be, and whether they are.
//!
//! # Invariants
//!
//! * The same tenant has the same files: nothing random goes into them, so a file that differs was
//!   altered, or is from before a change of the tenant.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use aws_lc_rs::{digest, hmac};
use berth_domain::reconcile::Conf as Seen;
use berth_domain::{ObjectName, Tenant};
use berth_odoo::conf::{Conf, LogLevel};
use berth_odoo::password::{self, PasswordHash, Rounds};
use berth_odoo::sizing::Sizing;
use berth_runtime::UserIds;
use berth_store::secrets::SecretName;
use secrecy::{ExposeSecret as _, SecretString};

use super::super::{database, image};
use super::{capabilities, connection, in_background, render, write_both};
use crate::engine::Inner;
use crate::operation::StepError;

const CONF: &str = "odoo.conf";
const PGPASS: &str = "pgpass";

/// What the two files should hold, and whose they should be.
struct Wanted {
    conf: SecretString,
    password: SecretString,
    user: UserIds,
}

/// Writes `odoo.conf` and the password file as the tenant's wishes ask for.
pub(crate) async fn write_conf(engine: &Inner, tenant: &Tenant) -> Result<(), StepError> {
    let Wanted { conf, password, user } = wanted(engine, tenant).await?;
    write_both(engine, &tenant.id.object_name(), conf, &password, user).await
}

/// Compares the files with what they should be. `known` is the digest that was found to be right
/// before; the second of what is returned is the one of now, if that is right.
pub(crate) async fn inspect(
    engine: &Inner,
    tenant: &Tenant,
    known: Option<&str>,
) -> Result<(Seen, Option<String>), StepError> {
    let object = tenant.id.object_name();
    let there = read(engine, &object).await?;
    let Some(there) = there else { return Ok((Seen::Missing, None)) };
    let digest = there.digest(tenant, engine.settings.version);
    if known == Some(digest.as_str()) {
        return Ok((Seen::AsWritten, Some(digest)));
    }
    // What it is compared with needs the server and the image.
    let Ok(wanted) = wanted(engine, tenant).await else { return Ok((Seen::Unknown, None)) };
    let pgpass = berth_postgres::dump::pass_file(&object, &wanted.password);
    let is_right = there.conf == wanted.conf.expose_secret().as_bytes()
        && there.pgpass == pgpass.expose_secret().as_bytes()
        && there.is_private_to(wanted.user);
    Ok(if is_right { (Seen::AsWritten, Some(digest)) } else { (Seen::Altered, None) })
}

async fn wanted(engine: &Inner, tenant: &Tenant) -> Result<Wanted, StepError> {
    let capabilities = capabilities(engine, tenant).await?;
    let cluster = engine.cluster_of(tenant).await?;
    let password = database::secret_of(engine, tenant.id, SecretName::DbPassword).await?;
    let master = database::secret_of(engine, tenant.id, SecretName::MasterPassword).await?;
    let conf = render(&Conf {
        database: connection(&cluster, &tenant.id.object_name(), &password),
        master_password: hashed(master).await?,
        addons_path: capabilities.addons_folders(tenant.addons.is_some()),
        sizing: Sizing::of(&tenant.limits),
        demo: tenant.odoo.demo,
        log_level: LogLevel::Info,
        capabilities: &capabilities,
    })?;
    Ok(Wanted { conf, password, user: image::user(&capabilities) })
}

/// The salt comes from the password, so that hashing it again gives the same. A salt has to differ
/// between passwords, and it does; it need not be random.
async fn hashed(master: SecretString) -> Result<PasswordHash, StepError> {
    let hashing = move || {
        let key = hmac::Key::new(hmac::HMAC_SHA256, master.expose_secret().as_bytes());
        let tag = hmac::sign(&key, b"berth salt of the master password");
        let mut salt = [0; 16];
        salt.copy_from_slice(&tag.as_ref()[..16]);
        password::hash(&master, salt, Rounds::Generated)
    };
    tokio::task::spawn_blocking(hashing)
        .await
        .map_err(|error| StepError::fail(format!("cannot hash a password: {error}")))
}

/// The two files as they are.
struct There {
    conf: Vec<u8>,
    pgpass: Vec<u8>,
    /// Mode, user and group of each.
    owners: [(u32, u32, u32); 2],
}

/// `None`: one of them is not there.
async fn read(engine: &Inner, object: &ObjectName) -> Result<Option<There>, StepError> {
    let paths = engine.settings.paths.object(object);
    in_background(engine, object, "read the configuration", move |_| {
        let (conf, pgpass) = (paths.conf().join(CONF), paths.conf().join(PGPASS));
        let there = || {
            io::Result::Ok(There {
                owners: [owner(&conf)?, owner(&pgpass)?],
                conf: std::fs::read(&conf)?,
                pgpass: std::fs::read(&pgpass)?,
            })
        };
        match there() {
            Ok(there) => Ok(Some(there)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(error),
        }
    })
    .await
}

/// A folder in the place of a file, or a file in the place of a folder, is an absence as well.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

fn owner(path: &Path) -> io::Result<(u32, u32, u32)> {
    let meta = std::fs::symlink_metadata(path)?;
    Ok((meta.mode(), meta.uid(), meta.gid()))
}

impl There {
    /// Nobody but the container's user reads them. Only root can see to whose they are.
    fn is_private_to(&self, user: UserIds) -> bool {
        const REGULAR_0600: u32 = 0o100_600;
        let is_root = rustix::process::geteuid().is_root();
        self.owners.iter().all(|&(mode, uid, gid)| {
            mode == REGULAR_0600 && (!is_root || (uid, gid) == (user.uid, user.gid))
        })
    }

    /// Differs when a file differs, when the tenant does, and when Berth might write something else.
    fn digest(&self, tenant: &Tenant, version: &str) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        let generation = tenant.generation.0.to_be_bytes();
        let parts = [version.as_bytes(), generation.as_slice(), &self.conf, &self.pgpass];
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        for (mode, uid, gid) in self.owners {
            for number in [mode, uid, gid] {
                context.update(&number.to_be_bytes());
            }
        }
        let digest = context.finish();
        digest.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
}
