//! Writing the zip, on a thread of its own.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use berth_runtime::{ExecOutput, ExecSession};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use crate::parts::files::marker;

/// Size of the pieces in which the receiver gets the zip.
const CHUNK: usize = 64 << 10;

type Zip<'a> = ZipWriter<StreamWriter<Outlet<'a>>>;

/// Writes everything to the receiver; an error is the last thing it gets.
pub(super) fn pack(
    handle: &Handle,
    dump: ExecSession,
    manifest: &str,
    filestore: &Path,
    receiver: &Sender<io::Result<Bytes>>,
) {
    if let Err(error) = try_pack(handle, dump, manifest, filestore, receiver) {
        tracing::warn!(%error, "an export was not finished");
        // When the receiver is gone there is nobody to tell.
        let _ = receiver.blocking_send(Err(error));
    }
}

fn try_pack(
    handle: &Handle,
    dump: ExecSession,
    manifest: &str,
    filestore: &Path,
    receiver: &Sender<io::Result<Bytes>>,
) -> io::Result<()> {
    let outlet = Outlet { receiver, buffer: Vec::with_capacity(CHUNK) };
    let mut zip = ZipWriter::new_stream(outlet);
    // Entries may exceed 4 GiB, and what is streamed does not say so before.
    let options = SimpleFileOptions::default().large_file(true);
    zip.start_file("dump.sql", options)?;
    write_dump(handle, dump, &mut zip)?;
    zip.start_file("manifest.json", options)?;
    zip.write_all(manifest.as_bytes())?;
    add_folder(&mut zip, filestore, "filestore", options)?;
    zip.finish()?.into_inner().send()
}

fn write_dump(handle: &Handle, mut dump: ExecSession, zip: &mut Zip<'_>) -> io::Result<()> {
    let mut said = Vec::new();
    while let Some(output) = handle.block_on(dump.output.next()) {
        match output.map_err(io::Error::other)? {
            ExecOutput::Out(bytes) => zip.write_all(&bytes)?,
            ExecOutput::Error(bytes) => said.extend_from_slice(&bytes),
            ExecOutput::Exit(exit) if exit.code == 0 => return Ok(()),
            ExecOutput::Exit(exit) => {
                let said = String::from_utf8_lossy(&said);
                let said = said.lines().last().unwrap_or_default();
                return Err(io::Error::other(format!("pg_dump ended with {}: {said}", exit.code)));
            }
        }
    }
    Err(io::Error::other("pg_dump was cut off"))
}

fn add_folder(
    zip: &mut Zip<'_>,
    folder: &Path,
    name: &str,
    options: SimpleFileOptions,
) -> io::Result<()> {
    let mut entries: Vec<_> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.collect::<io::Result<_>>()?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        let Ok(file_name) = entry.file_name().into_string() else { continue };
        // Whose the original is says nothing of the copy.
        if file_name == marker::NAME {
            continue;
        }
        let name = format!("{name}/{file_name}");
        if kind.is_dir() {
            add_folder(zip, &entry.path(), &name, options)?;
        } else if kind.is_file() {
            match File::open(entry.path()) {
                Ok(mut file) => {
                    zip.start_file(name, options)?;
                    io::copy(&mut file, zip)?;
                }
                // Odoo collects garbage: what went meanwhile is in no row that was dumped as needed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Hands bytes to the receiver in pieces, and waits while it is busy.
struct Outlet<'a> {
    receiver: &'a Sender<io::Result<Bytes>>,
    buffer: Vec<u8>,
}

impl Outlet<'_> {
    fn send(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the receiver went away");
        self.receiver.blocking_send(Ok(full.into())).map_err(gone)
    }
}

impl Write for Outlet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
