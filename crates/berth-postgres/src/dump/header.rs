//! The head of a dump in `pg_dump`'s custom format (`src/bin/pg_dump/pg_backup_archiver.c`,
//! `ReadHead`): what it is of, read without `pg_restore`.

use std::io::{self, Read};

/// With what such a dump begins.
pub const MAGIC: &[u8] = b"PGDMP";
/// As `archModes` and `archCustom`.
const CUSTOM: u8 = 1;
/// No name or version is longer.
const LONGEST_TEXT: i64 = 1024;

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The major version of the server that was dumped. `None`: an old dump that does not say.
    pub server_major: Option<u32>,
    /// The same of the `pg_dump` that wrote it.
    pub pg_dump_major: Option<u32>,
}

/// The file is no dump that can be restored.
#[derive(Debug, thiserror::Error)]
pub enum InvalidHeader {
    #[error("cannot read the dump")]
    Io(#[from] io::Error),
    #[error("it is not a dump in the custom format of `pg_dump`")]
    NotADump,
    #[error("it is a dump in another format than `pg_dump --format=custom`")]
    OtherFormat,
    #[error("the head of the dump is damaged")]
    Damaged,
}

impl Header {
    /// Reads the head.
    pub fn read(from: &mut impl Read) -> Result<Self, InvalidHeader> {
        let mut start = [0; 11];
        from.read_exact(&mut start).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => InvalidHeader::NotADump,
            _ => InvalidHeader::Io(error),
        })?;
        if !start.starts_with(MAGIC) {
            return Err(InvalidHeader::NotADump);
        }
        let version = (start[5], start[6]);
        let (int_size, format) = (start[8], start[10]);
        if format != CUSTOM {
            return Err(InvalidHeader::OtherFormat);
        }
        if !matches!(int_size, 4 | 8) || version.0 != 1 || version.1 < 10 {
            return Err(InvalidHeader::Damaged);
        }
        let mut fields = Fields { from, int_size: int_size.into() };
        if version.1 >= 15 {
            fields.bytes(1)?;
        } else {
            fields.int()?;
        }
        // When it was made: second, minute, hour, day, month, year, summer time.
        for _ in 0..7 {
            fields.int()?;
        }
        fields.text()?;
        let (server, pg_dump) = (fields.text()?, fields.text()?);
        Ok(Self { server_major: major(&server), pg_dump_major: major(&pg_dump) })
    }
}

/// Reads `18` of `18.6 (Debian 18.6-1)`. `None`: it does not begin with a number.
pub(super) fn major(version: &str) -> Option<u32> {
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

struct Fields<'a, R> {
    from: &'a mut R,
    int_size: usize,
}

impl<R: Read> Fields<'_, R> {
    fn bytes(&mut self, count: usize) -> Result<Vec<u8>, InvalidHeader> {
        let mut bytes = vec![0; count];
        self.from.read_exact(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => InvalidHeader::Damaged,
            _ => InvalidHeader::Io(error),
        })?;
        Ok(bytes)
    }

    /// A byte for the sign, then the least significant byte first.
    fn int(&mut self) -> Result<i64, InvalidHeader> {
        let bytes = self.bytes(1 + self.int_size)?;
        let number = bytes[1..]
            .iter()
            .rev()
            .try_fold(0_i64, |number, byte| number.checked_mul(256)?.checked_add((*byte).into()));
        let number = number.ok_or(InvalidHeader::Damaged)?;
        Ok(if bytes[0] == 0 { number } else { -number })
    }

    /// Its length, then its bytes; a negative length is no text at all.
    fn text(&mut self) -> Result<String, InvalidHeader> {
        let length = self.int()?;
        if length > LONGEST_TEXT {
            return Err(InvalidHeader::Damaged);
        }
        let bytes = self.bytes(usize::try_from(length).unwrap_or(0))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of what `pg_dump` 18.6 writes for a database called `x`.
    fn head(format: u8) -> Vec<u8> {
        let mut bytes = b"PGDMP\x01\x10\x00\x04\x08".to_vec();
        bytes.push(format);
        bytes.push(1);
        let int = |number: u8| [0, number, 0, 0, 0];
        for number in [1, 2, 3, 4, 5, 126, 0] {
            bytes.extend(int(number));
        }
        for text in ["x", "18.6 (Debian 18.6-1)", "18.6"] {
            bytes.extend(int(u8::try_from(text.len()).unwrap()));
            bytes.extend(text.bytes());
        }
        bytes
    }

    #[test]
    fn versions_are_read_from_the_head() {
        let header = Header::read(&mut head(1).as_slice()).unwrap();

        assert_eq!(header, Header { server_major: Some(18), pg_dump_major: Some(18) });
    }

    #[test]
    fn other_formats_and_other_files_are_refused() {
        let read = |bytes: &[u8]| Header::read(&mut &*bytes).map_err(|error| error.to_string());
        assert_eq!(
            read(&head(3)),
            Err("it is a dump in another format than `pg_dump --format=custom`".to_owned())
        );
        let no_dump = "it is not a dump in the custom format of `pg_dump`";
        assert_eq!(read(b"PGD"), Err(no_dump.to_owned()));
        assert_eq!(read(b"SELECT 1; SELECT 2;"), Err(no_dump.to_owned()));
    }

    #[test]
    fn a_head_that_is_cut_off_anywhere_is_damaged() {
        let whole = head(1);
        for length in 11..whole.len() {
            let read = Header::read(&mut &whole[..length]);
            assert!(matches!(read, Err(InvalidHeader::Damaged)), "{length}");
        }
    }

    #[test]
    fn a_length_beyond_all_measure_takes_no_memory() {
        let mut bytes = head(1);
        let at = 12 + 7 * 5;
        bytes[at..at + 5].copy_from_slice(&[0, 255, 255, 255, 127]);

        assert!(matches!(Header::read(&mut bytes.as_slice()), Err(InvalidHeader::Damaged)));
    }
}
