//! A dump and a folder of stored files as one archive, made while it is sent.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use berth_odoo::archive::{ArchiveWriter, CUSTOM_DUMP, Chunks};
use berth_odoo::filestore::is_blob_name;
use bytes::Bytes as Chunk;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc;

use crate::failure::Failure;

/// Pieces that may wait for the server.
const WAITING: usize = 16;

/// Packs both. What is no stored file of Odoo is left out.
pub(super) fn pack(
    dump: &Path,
    filestore: &Path,
) -> Result<BoxStream<'static, io::Result<Chunk>>, Failure> {
    let blobs =
        blobs(filestore).with_context(|| format!("cannot read `{}`", filestore.display()))?;
    if blobs.is_empty() {
        return Err(Failure::refused(
            format!("`{}` holds no stored files", filestore.display()),
            "name the folder of the database: below Odoo's data folder it is `filestore/DATABASE`",
        ));
    }
    let (dump, filestore) = (dump.to_owned(), filestore.to_owned());
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody takes it any more");
        let to = Chunks::new(|piece: Vec<u8>| sender.blocking_send(Ok(piece.into())).map_err(gone));
        if let Err(error) = write(to, &dump, &filestore, &blobs) {
            // When nobody takes it there is nobody to tell.
            let _gone = sender.blocking_send(Err(error));
        }
    });
    let content = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    Ok(content.boxed())
}

fn write<F: FnMut(Vec<u8>) -> io::Result<()>>(
    to: Chunks<F>,
    dump: &Path,
    filestore: &Path,
    blobs: &[PathBuf],
) -> io::Result<()> {
    let mut zip = ArchiveWriter::new(to);
    zip.begin_stored(CUSTOM_DUMP)?;
    io::copy(&mut File::open(dump)?, &mut zip)?;
    for blob in blobs {
        zip.begin(&format!("filestore/{}", blob.display()))?;
        io::copy(&mut File::open(filestore.join(blob))?, &mut zip)?;
    }
    zip.flush()?;
    zip.finish()?.finish()
}

/// The stored files below a folder, by their names in it.
fn blobs(filestore: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(filestore)? {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path())? {
            let file = file?;
            let name = Path::new(&folder.file_name()).join(file.file_name());
            if file.file_type()?.is_file() && name.to_str().is_some_and(is_blob_name) {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stored_files_are_packed() {
        let folder = tempfile::tempdir().unwrap();
        let blob = "da/da39a3ee5e6b4b0d3255bfef95601890afd80709";
        std::fs::create_dir_all(folder.path().join("da")).unwrap();
        std::fs::create_dir_all(folder.path().join("checklist/da")).unwrap();
        for name in [blob, "da/notes.txt", "top.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("da").join("da".repeat(20)))
            .unwrap();

        assert_eq!(blobs(folder.path()).unwrap(), [PathBuf::from(blob)]);
    }
}
