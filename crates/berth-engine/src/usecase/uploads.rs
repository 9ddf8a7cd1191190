//! Backups that are sent in, to be imported.
//!
//! # Invariants
//!
//! * A row is there only for content that is whole and on disk; what breaks off leaves neither.
//! * What is too large is refused before it is read where its length is known, else as soon as it
//!   shows.

use std::io;
use std::path::PathBuf;

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::{Actor, Bytes, Problems, UploadId, chain};
use berth_store::names;
use berth_store::uploads::{self, Upload};
use bytes::Bytes as Chunk;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use serde_json::json;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use super::audit::Deed;
use super::{organisation, shown, still_there};
use crate::disk;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::page;
use crate::request::{PageRequest, SendUpload};
use crate::view::{Listing, UploadView};
use crate::{Engine, UploadRules};

/// How much arrives between two looks at the disk.
const LOOK_EVERY: u64 = 64 << 20;
/// As much of a file's name as is kept.
const LONGEST_NAME: usize = 200;
const UNNAMED: &str = "backup";

impl Engine {
    /// Keeps what is sent, until it is imported or its time is over.
    pub async fn send_upload(
        &self,
        actor: &Actor,
        org: &str,
        request: &SendUpload,
        content: BoxStream<'_, io::Result<Chunk>>,
    ) -> Result<UploadView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        drop(tx);
        check_length(&self.0, Bytes(request.length.unwrap_or(0)), Bytes(0)).await?;
        let id = UploadId::from_uuid(self.0.ids.uuid());
        let size = receive(&self.0, id, content).await?;
        let upload = Upload {
            id,
            organisation: organisation.id,
            name: name(request.name.as_deref()),
            size,
            created_at: self.0.clock.now(),
            created_by: actor.clone(),
            used_by: None,
        };
        let mut tx = self.0.store.begin().await?;
        still_there(&mut tx, upload.organisation).await?;
        uploads::insert(&mut tx, &upload).await?;
        let deed = deed("upload.send", &upload).after(json!({ "bytes": size.0 }));
        self.record(&mut tx, actor, deed).await?;
        tx.commit().await?;
        tracing::info!(actor = %actor, upload.id = %id, %size, "a backup was sent in");
        Ok(upload)
    }

    /// Lists what was sent in, oldest first.
    pub async fn uploads(
        &self,
        actor: &Actor,
        org: &str,
        request: &PageRequest,
    ) -> Result<Listing<UploadView>, EngineError> {
        let mut problems = Problems::default();
        let part = page::part(request, ["created", "-created"], str::parse, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let listed = uploads::list(&mut tx, organisation.id, &part).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "an upload cannot be read");
        }
        Ok(Listing { items: listed.rows, next: listed.next })
    }

    /// Shows one that was sent in.
    pub async fn upload(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<UploadView, EngineError> {
        let no_such = || EngineError::NoSuchUpload(shown(id));
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let parsed = id.parse().map_err(|_| no_such())?;
        uploads::find(&mut tx, organisation.id, parsed).await?.ok_or_else(no_such)
    }

    /// What may be sent in, and how long it waits.
    #[must_use]
    pub fn upload_rules(&self) -> UploadRules {
        self.0.settings.uploads
    }

    /// Removes what was sent in, unless it is being imported.
    pub async fn remove_upload(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
        dry_run: bool,
    ) -> Result<UploadView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let parsed = id.parse().map_err(|_| EngineError::NoSuchUpload(shown(id)))?;
        names::lock(&mut tx).await?;
        let found = uploads::find(&mut tx, organisation.id, parsed).await?;
        let upload = found.ok_or_else(|| EngineError::NoSuchUpload(shown(id)))?;
        if let Some(operation) = upload.used_by {
            return Err(EngineError::UploadInUse { upload: parsed, operation });
        }
        if dry_run {
            return Ok(upload);
        }
        if !uploads::remove(&mut tx, organisation.id, parsed).await?.is_updated() {
            return Err(EngineError::NoSuchUpload(shown(id)));
        }
        self.record(&mut tx, actor, deed("upload.remove", &upload)).await?;
        tx.commit().await?;
        // What stays behind without a row goes with the next housekeeping.
        discard(&self.0, parsed);
        tracing::info!(actor = %actor, upload.id = id, "a backup that was sent in is removed");
        Ok(upload)
    }
}

fn deed(action: &'static str, upload: &Upload) -> Deed {
    let object = Object::new(ObjectKind::Upload, upload.id, &upload.name);
    Deed::new(action, upload.organisation, object)
}

/// Removes the content of an upload that has no row any more.
pub(crate) fn discard(engine: &Inner, id: UploadId) {
    let path = engine.settings.paths.upload(id);
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "cannot remove an upload");
    }
}

/// Refuses what is too large for the configuration or for the disk. `there` is on the disk already.
async fn check_length(engine: &Inner, size: Bytes, there: Bytes) -> Result<(), EngineError> {
    let largest = engine.settings.uploads.largest;
    if size > largest {
        return Err(beyond(&format!("has {size}"), largest));
    }
    let more = Bytes(size.0.saturating_sub(there.0));
    let room = disk::room_for(engine, disk::Purpose::Upload, more).await;
    room.map_err(|no_room| EngineError::TooLarge {
        message: no_room.to_string(),
        hint: disk::NoRoom::HINT,
    })
}

fn beyond(what: &str, largest: Bytes) -> EngineError {
    EngineError::TooLarge {
        message: format!("the backup {what}, and at most {largest} are taken"),
        hint: "raise `uploads.max_size` in berth.toml",
    }
}

/// A file in the making; gone when it goes out of scope before it is whole.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _renamed = std::fs::remove_file(&self.0);
    }
}

async fn receive(
    engine: &Inner,
    id: UploadId,
    content: BoxStream<'_, io::Result<Chunk>>,
) -> Result<Bytes, EngineError> {
    let folder = engine.settings.paths.uploads();
    let cannot = |source| EngineError::Io {
        what: format!("cannot write to `{}`", engine.settings.paths.uploads().display()),
        source,
    };
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&folder).await.map_err(cannot)?;
    let whole = engine.settings.paths.upload(id);
    let part = Part(whole.with_extension("part"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(&part.0).await.map_err(cannot)?;
    let size = copy(engine, content, &mut file).await?;
    if size == Bytes(0) {
        let mut problems = Problems::default();
        problems.add("body", "there is nothing in it: send a backup");
        return Err(EngineError::Invalid(problems));
    }
    file.sync_all().await.map_err(cannot)?;
    tokio::fs::rename(&part.0, &whole).await.map_err(cannot)?;
    // The name is in the folder, which has a cache of its own (fsync(2)).
    let folder = File::open(&folder).await.map_err(cannot)?;
    folder.sync_all().await.map_err(cannot)?;
    Ok(size)
}

async fn copy(
    engine: &Inner,
    mut content: BoxStream<'_, io::Result<Chunk>>,
    file: &mut File,
) -> Result<Bytes, EngineError> {
    let (mut size, mut looked) = (0, 0);
    while let Some(chunk) = content.next().await {
        let broke_off = |source| EngineError::BrokeOff { received: Bytes(size), source };
        let chunk = chunk.map_err(broke_off)?;
        size += chunk.len() as u64;
        let largest = engine.settings.uploads.largest;
        if size > largest.0 {
            return Err(beyond(&format!("is longer than {largest}"), largest));
        }
        if size - looked >= LOOK_EVERY {
            check_length(engine, Bytes(size), Bytes(looked)).await?;
            looked = size;
        }
        file.write_all(&chunk).await.map_err(|source| full(engine, Bytes(size), source))?;
    }
    file.flush().await.map_err(|source| full(engine, Bytes(size), source))?;
    Ok(Bytes(size))
}

fn full(engine: &Inner, size: Bytes, source: io::Error) -> EngineError {
    if source.kind() == io::ErrorKind::StorageFull {
        let home = engine.settings.paths.home().display();
        return EngineError::TooLarge {
            message: format!("the disk below `{home}` is full after {size}: {}", chain(&source)),
            hint: "free some disk space",
        };
    }
    EngineError::Io { what: "cannot keep what is sent".to_owned(), source }
}

/// What a person called the file, without its folders.
fn name(text: Option<&str>) -> String {
    let last = text.and_then(|text| text.rsplit('/').next()).unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    if clean.is_empty() { UNNAMED.to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_people_and_lead_nowhere() {
        assert_eq!(name(Some("/srv/backups/acme.zip")), "acme.zip");
        assert_eq!(name(Some("../../etc/\u{1b}[31mpasswd\n")), "[31mpasswd");
        assert_eq!(name(Some("x".repeat(10_000).as_str())).len(), LONGEST_NAME);
        assert_eq!(name(Some("folder/")), UNNAMED);
        assert_eq!(name(None), UNNAMED);
    }
}
