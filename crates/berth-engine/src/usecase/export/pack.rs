//! Writing the archive, on a thread of its own.

mod filestore;

use std::io::{self, Write};
use std::path::PathBuf;

use berth_domain::ObjectName;
use berth_odoo::archive::{ArchiveWriter, Chunks};
use berth_postgres::dump::Format;
use berth_postgres::dump::portable::Portable;
use berth_runtime::{ExecOutput, ExecSession};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

/// What goes into an archive.
pub(crate) struct Parcel {
    /// Texts, by their names in it.
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) dump: ExecSession,
    pub(crate) format: Format,
    /// What the dump is called in it.
    pub(crate) dump_name: String,
    /// Whose stored files, and the data folder that they are in.
    pub(crate) object: ObjectName,
    pub(crate) data: PathBuf,
    /// Below what stored files are in it.
    pub(crate) filestore_name: String,
}

/// Writes everything to the receiver; an error is the last thing it gets.
pub(crate) fn pack(handle: &Handle, parcel: Parcel, receiver: &Sender<io::Result<Bytes>>) {
    let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the receiver went away");
    let to = Chunks::new(|piece: Vec<u8>| receiver.blocking_send(Ok(piece.into())).map_err(gone));
    if let Err(error) = write(handle, parcel, to) {
        tracing::warn!(%error, "an export was not finished");
        // When the receiver is gone there is nobody to tell.
        let _ = receiver.blocking_send(Err(error));
    }
}

fn write<F>(handle: &Handle, parcel: Parcel, to: Chunks<F>) -> io::Result<()>
where
    F: FnMut(Vec<u8>) -> io::Result<()>,
{
    let Parcel { texts, dump, format, dump_name, data, object, filestore_name } = parcel;
    let mut zip = ArchiveWriter::new(to);
    // Database first, files after: a blob that was added meanwhile is one too many, never one too few.
    match format {
        Format::Plain => {
            zip.begin(&dump_name)?;
            let mut portable = Portable::new(&mut zip);
            write_dump(handle, dump, &mut portable)?;
            portable.finish()?;
        }
        Format::Custom => {
            zip.begin_stored(&dump_name)?;
            write_dump(handle, dump, &mut zip)?;
        }
    }
    for (name, text) in texts {
        zip.begin(&name)?;
        zip.write_all(text.as_bytes())?;
    }
    filestore::add(&mut zip, (&data, &object), &filestore_name)?;
    zip.finish()?.finish()
}

fn write_dump(handle: &Handle, mut dump: ExecSession, to: &mut impl Write) -> io::Result<()> {
    let mut said = Vec::new();
    while let Some(output) = handle.block_on(dump.output.next()) {
        match output.map_err(io::Error::other)? {
            ExecOutput::Out(bytes) => to.write_all(&bytes)?,
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
