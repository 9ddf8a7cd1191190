//! The content of one file, unpacked while it is read.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::Place;
use super::directory::name_sum;
use super::end::{u16_at, u32_at};
use super::problem::invalid;

const LOCAL_HEADER: usize = 30;
const LOCAL_MARK: u32 = 0x0403_4b50;

/// A part of a file, read from its beginning to its end.
#[derive(Debug)]
pub(super) struct Section {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl Section {
    pub(super) fn new(file: &Arc<File>, start: u64, end: u64) -> Self {
        Self { file: Arc::clone(file), position: start, end }
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let count = self.file.read_at(&mut buffer[..wanted], self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

/// One file of an archive. Its end is an error unless length and sum are those that were declared.
#[derive(Debug)]
pub struct Content {
    packed: Packed,
    crc: Crc,
    declared: Declared,
    is_over: bool,
}

#[derive(Debug)]
enum Packed {
    Stored(BufReader<Section>),
    Deflated(DeflateDecoder<BufReader<Section>>),
}

#[derive(Debug, Clone, Copy)]
struct Declared {
    /// What is still to come.
    left: u64,
    packed: u64,
    crc32: u32,
}

impl Content {
    pub(super) fn open(file: &Arc<File>, size: u64, place: &Place) -> io::Result<Self> {
        let start = start(file, place)?;
        let section = BufReader::new(Section::new(file, start, start + place.packed));
        let packed = if place.is_deflated {
            Packed::Deflated(DeflateDecoder::new(section))
        } else {
            Packed::Stored(section)
        };
        let declared = Declared { left: size, packed: place.packed, crc32: place.crc32 };
        Ok(Self { packed, crc: Crc::new(), declared, is_over: false })
    }

    fn end(&mut self) -> io::Result<usize> {
        let Declared { left, packed, crc32 } = self.declared;
        if left > 0 {
            return Err(invalid("a file in the archive is shorter than it says"));
        }
        if self.crc.sum() != crc32 {
            return Err(invalid("a file in the archive is damaged: its sum is another"));
        }
        if let Packed::Deflated(decoder) = &self.packed
            && decoder.total_in() != packed
        {
            return Err(invalid("a file in the archive is followed by bytes of nobody"));
        }
        self.is_over = true;
        Ok(0)
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over || buffer.is_empty() {
            return Ok(0);
        }
        let count = match &mut self.packed {
            Packed::Stored(reader) => reader.read(buffer),
            Packed::Deflated(decoder) => decoder.read(buffer).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                    invalid("a file in the archive is damaged: it cannot be unpacked")
                }
                _ => error,
            }),
        }?;
        if count == 0 {
            return self.end();
        }
        let Some(left) = self.declared.left.checked_sub(count as u64) else {
            return Err(invalid("a file in the archive is larger than it says"));
        };
        self.declared.left = left;
        self.crc.update(&buffer[..count]);
        Ok(count)
    }
}

/// Where the content begins: behind a header of its own, which must not contradict the directory.
fn start(file: &File, place: &Place) -> io::Result<u64> {
    let contradiction = || invalid("a file in the archive contradicts the archive's directory");
    let mut header = [0; LOCAL_HEADER];
    file.read_exact_at(&mut header, place.offset)?;
    let method = if place.is_deflated { 8 } else { 0 };
    let mut name = vec![0; place.name_length.into()];
    file.read_exact_at(&mut name, place.offset + LOCAL_HEADER as u64)?;
    let agrees = u32_at(&header, 0) == LOCAL_MARK
        && u16_at(&header, 6) & 1 == 0
        && u16_at(&header, 8) == method
        && u16_at(&header, 26) == place.name_length
        && name_sum(&name) == place.name_crc32;
    if !agrees {
        return Err(contradiction());
    }
    let names = u64::from(place.name_length) + u64::from(u16_at(&header, 28));
    let start = place.offset + LOCAL_HEADER as u64 + names;
    // The directory was read with the extra fields left out of account.
    if start + place.packed > place.end {
        return Err(contradiction());
    }
    Ok(start)
}
