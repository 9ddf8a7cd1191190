//! Writing an archive to something that only takes bytes.

use std::io::{self, Write};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// The script of a backup.
pub const DUMP: &str = "dump.sql";
/// The database in `pg_dump`'s custom format: Berth's own addition to Odoo's layout.
pub const CUSTOM_DUMP: &str = "database.dump";
/// What the backup is of.
pub const MANIFEST: &str = "manifest.json";

/// Writes files one after the other; nothing is gathered.
///
/// Entries carry their sizes behind their content, as streams do, and the directory repeats them.
pub struct ArchiveWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
}

impl<W: Write> std::fmt::Debug for ArchiveWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveWriter").finish_non_exhaustive()
    }
}

impl<W: Write> ArchiveWriter<W> {
    pub fn new(to: W) -> Self {
        Self { zip: ZipWriter::new_stream(to) }
    }

    /// Begins a file; what is written from now on is its content.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        self.start(name, CompressionMethod::Deflated)
    }

    /// The same for content that is compressed already.
    pub fn begin_stored(&mut self, name: &str) -> io::Result<()> {
        self.start(name, CompressionMethod::Stored)
    }

    fn start(&mut self, name: &str, method: CompressionMethod) -> io::Result<()> {
        // Entries may exceed 4 GiB, and what is streamed does not say so before.
        let options = SimpleFileOptions::default()
            .large_file(true)
            .compression_method(method)
            .unix_permissions(0o600);
        Ok(self.zip.start_file(name, options)?)
    }

    /// Writes the directory and returns what everything was written to.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.zip.finish()?.into_inner())
    }
}

impl<W: Write> Write for ArchiveWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

/// Hands bytes on in pieces of about 64 KiB.
pub struct Chunks<F> {
    to: F,
    buffer: Vec<u8>,
}

impl<F> std::fmt::Debug for Chunks<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chunks").field("waiting", &self.buffer.len()).finish_non_exhaustive()
    }
}

const CHUNK: usize = 64 << 10;

impl<F: FnMut(Vec<u8>) -> io::Result<()>> Chunks<F> {
    pub fn new(to: F) -> Self {
        Self { to, buffer: Vec::with_capacity(CHUNK) }
    }

    /// Hands on what is left.
    pub fn finish(mut self) -> io::Result<()> {
        self.pass_on()
    }

    fn pass_on(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        (self.to)(full)
    }
}

impl<F: FnMut(Vec<u8>) -> io::Result<()>> Write for Chunks<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    /// Pieces stay whole: what is not enough for one waits.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
