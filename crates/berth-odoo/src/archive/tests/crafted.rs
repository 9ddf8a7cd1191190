//! Zip files made byte by byte, so that every field can lie.

use std::io::{Seek as _, Write as _};

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// One file, and what the directory is to say about it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    name: Vec<u8>,
    packed: Vec<u8>,
    crc32: u32,
    size: u32,
    method: u16,
    flags: u16,
    mode: u32,
    /// What its own header says instead.
    inner_name: Option<Vec<u8>>,
    /// Leaves its content out and points to that of the part before.
    shares: bool,
    /// Its own line stands so often in the directory.
    times: usize,
}

pub(super) fn part(name: impl AsRef<[u8]>, content: &[u8]) -> Part {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    Part {
        name: name.as_ref().to_vec(),
        packed: encoder.finish().unwrap(),
        crc32: crc.sum(),
        size: u32::try_from(content.len()).unwrap(),
        method: 8,
        flags: 0,
        mode: 0o100_644,
        inner_name: None,
        shares: false,
        times: 1,
    }
}

impl Part {
    pub(super) fn stored(mut self, content: &[u8]) -> Self {
        self.packed = content.to_vec();
        self.method = 0;
        self
    }

    pub(super) fn method(self, method: u16) -> Self {
        Self { method, ..self }
    }

    pub(super) fn flags(self, flags: u16) -> Self {
        Self { flags, ..self }
    }

    pub(super) fn mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }

    pub(super) fn size(self, size: u32) -> Self {
        Self { size, ..self }
    }

    pub(super) fn crc32(self, crc32: u32) -> Self {
        Self { crc32, ..self }
    }

    pub(super) fn inner_name(self, name: &str) -> Self {
        Self { inner_name: Some(name.as_bytes().to_vec()), ..self }
    }

    pub(super) fn shares(self) -> Self {
        Self { shares: true, ..self }
    }

    pub(super) fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    pub(super) fn trailing(mut self, bytes: &[u8]) -> Self {
        self.packed.extend_from_slice(bytes);
        self
    }

    pub(super) fn cut(mut self, bytes: usize) -> Self {
        self.packed.truncate(self.packed.len() - bytes);
        self
    }

    fn fields(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.crc32.to_le_bytes());
        bytes.extend(u32::try_from(self.packed.len()).unwrap().to_le_bytes());
        bytes.extend(self.size.to_le_bytes());
        bytes
    }

    fn local(&self) -> Vec<u8> {
        let name = self.inner_name.as_ref().unwrap_or(&self.name);
        let mut bytes = b"PK\x03\x04\x14\x00".to_vec();
        bytes.extend(self.fields());
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(name);
        bytes.extend(&self.packed);
        bytes
    }

    fn central(&self, offset: usize) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02\x14\x03\x14\x00".to_vec();
        bytes.extend(self.fields());
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend([0; 2 + 2 + 2 + 2]);
        bytes.extend((self.mode << 16).to_le_bytes());
        bytes.extend(u32::try_from(offset).unwrap().to_le_bytes());
        bytes.extend(&self.name);
        bytes
    }
}

/// The whole archive.
pub(super) fn zip(parts: &[Part]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut central = Vec::new();
    let mut count = 0_u16;
    let mut offset = 0;
    for part in parts {
        if !part.shares {
            offset = bytes.len();
            bytes.extend(part.local());
        }
        for _ in 0..part.times {
            central.extend(part.central(offset));
            count += 1;
        }
    }
    let start = bytes.len();
    bytes.extend(&central);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(central.len()).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(start).unwrap().to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// The archive as a file.
pub(super) fn file(bytes: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}
