//! Stored files out of a backup.
//!
//! # Invariants
//!
//! * A file is there under its name only when it is whole and has the sum that its name promises.
//! * Unpacking that was cut off is finished by unpacking again: whole files are kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use berth_domain::Bytes;
use berth_odoo::archive::{Archive, BlobName, Entry, Member, copy_blob};
use berth_odoo::health;
use berth_runtime::UserIds;
use berth_store::secrets::SecretName;

use super::wanted::Wanted;
use super::{capabilities, conf_file, copy, in_background, make_folders, marker, own};
use crate::disk;
use crate::operation::reporter::Reporter;
use crate::operation::{Context, StepError};
use crate::parts::{database, image, restore};
use crate::sagas::import::ImportInput;
use crate::source::Layout;

/// Puts the stored files of the backup into place and writes the configuration.
pub(crate) async fn unpack(context: &Context) -> Result<(), StepError> {
    let tenant = context.tenant().await?;
    let user = image::user(&capabilities(context, &tenant).await?);
    let object = context.object();
    let (_, source) = restore::open(context, &ImportInput::of(context)?).await?;
    let (id, paths) = (tenant.id, context.settings.paths.object(&object));
    let reporter = context.reporter.clone();
    let total = source.filestore;
    if let Layout::Zip { archive, .. } = &source.layout {
        let needed = lacking(archive, &paths.filestore());
        disk::room_for(context, disk::Purpose::Import, needed).await?;
    }
    in_background(context, &object, "unpack the stored files", move |wanted| {
        make_folders(&paths, user)?;
        let filestore = paths.filestore();
        folder(&filestore, user)?;
        if let Layout::Zip { archive, .. } = &source.layout {
            let mut told = Told { reporter, total, done: 0, permille: 0 };
            match blobs(archive, &filestore, user, (wanted, &mut told)) {
                // The backup will not be better the next time.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(Err(error)),
                other => other?,
            }
        }
        marker::write(&paths, id)?;
        copy::sync(&paths.data()).map(Ok)
    })
    .await?
    .map_err(|error| StepError::fail(format!("the backup is refused: {error}")))?;
    say_what_is_missing(context).await?;
    conf_file::write_conf(context, &tenant).await
}

/// What is not there yet.
fn lacking(archive: &Archive<Member>, filestore: &Path) -> Bytes {
    let is_there = |name: &BlobName, size: u64| {
        let there = fs::symlink_metadata(filestore.join(name.path()));
        there.is_ok_and(|there| there.is_file() && there.len() == size)
    };
    let sizes = archive.entries().iter().map(|entry| match &entry.member {
        Member::Blob(name) if !is_there(name, entry.size) => entry.size,
        _ => 0,
    });
    Bytes(sizes.fold(0, u64::saturating_add))
}

/// How far it is.
struct Told {
    reporter: Reporter,
    total: Bytes,
    done: u64,
    permille: u32,
}

impl Told {
    fn add(&mut self, bytes: u64) {
        self.done += bytes;
        let now = u128::from(self.done) * 1000 / u128::from(self.total.0.max(1));
        let now = u32::try_from(now.min(1000)).unwrap_or(1000);
        if now >= self.permille + 10 {
            self.permille = now;
            let text = format!("unpacking files ({} of {})", Bytes(self.done), self.total);
            self.reporter.progress(now, &text);
        }
    }
}

fn blobs(
    archive: &Archive<Member>,
    filestore: &Path,
    user: UserIds,
    (wanted, told): (&Wanted, &mut Told),
) -> io::Result<()> {
    for entry in archive.entries() {
        // Odoo's own empty marks are for the database that they were made in.
        let Member::Blob(name) = &entry.member else { continue };
        wanted.check()?;
        blob(archive, (entry, name), filestore, user)?;
        told.add(entry.size);
    }
    Ok(())
}

fn blob(
    archive: &Archive<Member>,
    (entry, name): (&Entry<Member>, &BlobName),
    filestore: &Path,
    user: UserIds,
) -> io::Result<()> {
    let target = filestore.join(name.path());
    match fs::symlink_metadata(&target) {
        // It got its name only after it was whole.
        Ok(there) if there.is_file() && there.len() == entry.size => return own(&target, user),
        Ok(_) => fs::remove_file(&target)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    folder(target.parent().unwrap_or(filestore), user)?;
    let part = target.with_extension("part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(&part)?;
    copy_blob(name, &mut archive.read(entry)?, &mut file)?;
    file.flush()?;
    own(&part, user)?;
    fs::rename(&part, &target)
}

fn folder(path: &Path, user: UserIds) -> io::Result<()> {
    fs::create_dir_all(path)?;
    own(path, user)
}

/// Says which files the database names and the backup lacks. The database it came from lacked them
/// too, so they are no reason to refuse it.
async fn say_what_is_missing(context: &Context) -> Result<(), StepError> {
    let object = context.object();
    let password =
        database::secret_of(context, context.tenant_id(), SecretName::DbPassword).await?;
    let server = &context.tenants_cluster().await?.server;
    let mut database = server.open(&object, &password).await?;
    let rows = database.rows(&health::blobs_statement()).await;
    database.close().await;
    // Nothing depends on it.
    let Ok(rows) = rows else { return Ok(()) };
    let filestore = context.settings.paths.object(&object).filestore();
    let probe = in_background(context, &object, "look at the filestore", move |_| {
        Ok(health::blobs(&rows, &filestore))
    });
    let probe = probe.await?;
    if probe.status != health::Status::Ok {
        context.reporter.log(&format!("stored files: {}", probe.detail));
    }
    Ok(())
}
