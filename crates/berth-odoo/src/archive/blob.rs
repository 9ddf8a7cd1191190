//! Files of a filestore, named by their content.

use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use super::problem::invalid;
use crate::filestore::is_blob_name;

/// The SHA-1 that names a stored file (`ir_attachment._get_path`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName([u8; 20]);

impl BlobName {
    /// Reads `xx/<40 hexadecimal digits>`. `None` for everything else.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if !is_blob_name(name) {
            return None;
        }
        let digits = &name.as_bytes()[3..];
        let mut sum = [0; 20];
        for (byte, pair) in sum.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(sum))
    }

    /// Its path below the filestore: `xx/<40 hexadecimal digits>`.
    #[must_use]
    pub fn path(&self) -> String {
        let hex: String =
            self.0.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        format!("{}/{hex}", &hex[..2])
    }
}

/// Copies a stored file and returns its length. Content that does not have the sum that its name
/// promises is an error of kind `InvalidData`, after all of it was copied.
pub fn copy_blob(name: &BlobName, from: &mut impl Read, to: &mut impl Write) -> io::Result<u64> {
    let mut sum = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    let mut buffer = vec![0; 64 << 10];
    let mut length = 0;
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        sum.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
        length += count as u64;
    }
    if sum.finish().as_ref() == name.0 {
        return Ok(length);
    }
    Err(invalid(format_args!(
        "`filestore/{}` does not hold what its name promises: its content has another SHA-1",
        name.path()
    )))
}
