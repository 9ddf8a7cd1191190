//! Sizes in bytes, read and written the way people do.

use std::fmt;
use std::str::FromStr;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(pub u64);

impl Bytes {
    pub const KIB: u64 = 1 << 10;
    pub const MIB: u64 = 1 << 20;
    pub const GIB: u64 = 1 << 30;

    /// Returns `n` mebibytes.
    #[must_use]
    pub const fn mib(n: u64) -> Self {
        Self(n * Self::MIB)
    }

    /// Returns it as people write it, to the byte: `1536MiB`. What is shown may be cut off, this may
    /// be read again.
    #[must_use]
    pub fn written(self) -> String {
        let unit = UNITS.iter().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size));
        match unit {
            Some((unit, size)) => format!("{}{unit}", self.0 / size),
            None => self.0.to_string(),
        }
    }
}

const UNITS: [(&str, u64); 3] = [("GiB", Bytes::GIB), ("MiB", Bytes::MIB), ("KiB", Bytes::KIB)];

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, size) in UNITS {
            if self.0 >= size {
                let whole = self.0 / size;
                // One decimal, cut off: a limit must never look larger than it is.
                let tenths = u128::from(self.0 % size) * 10 / u128::from(size);
                return match tenths {
                    0 => write!(f, "{whole} {unit}"),
                    tenths => write!(f, "{whole}.{tenths} {unit}"),
                };
            }
        }
        write!(f, "{} B", self.0)
    }
}

/// The text is not a size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a size: write a whole number and a unit, such as `512MiB` or `2GiB`")]
pub struct InvalidSize(pub String);

impl FromStr for Bytes {
    type Err = InvalidSize;

    /// Reads `512MiB`, `2 GiB`, `2g`, `1048576`. Units are powers of 1024.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidSize(text.chars().take(40).collect());
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text[..digits].parse().map_err(|_| invalid())?;
        let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" | "kib" => Self::KIB,
            "m" | "mb" | "mib" => Self::MIB,
            "g" | "gb" | "gib" => Self::GIB,
            _ => return Err(invalid()),
        };
        number.checked_mul(unit).map(Self).ok_or_else(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for (text, bytes) in [("2 GiB", 2 << 30), ("512MiB", 512 << 20), ("2g", 2 << 30), ("7", 7)]
        {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        assert_eq!(Bytes(2 << 30).to_string(), "2 GiB");
        assert_eq!(Bytes((1 << 30) + (1 << 29)).to_string(), "1.5 GiB");
        assert_eq!(Bytes((3 << 30) + (1 << 20)).to_string(), "3 GiB");
    }

    #[test]
    fn what_is_written_to_be_read_again_loses_nothing() {
        for (bytes, text) in [
            (2 << 30, "2GiB"),
            ((1 << 30) + (1 << 29), "1536MiB"),
            ((3 << 30) + (1 << 20), "3073MiB"),
            (1025, "1025"),
            (0, "0"),
        ] {
            assert_eq!(Bytes(bytes).written(), text);
            assert_eq!(text.parse(), Ok(Bytes(bytes)));
        }
    }

    #[test]
    fn nonsense_and_overflow_are_refused() {
        for text in ["", "GiB", "-1", "1.5GiB", "99999999999GiB", "1TB; rm -rf /"] {
            assert!(text.parse::<Bytes>().is_err(), "{text}");
        }
    }
}
