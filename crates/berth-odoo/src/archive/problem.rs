//! What can be wrong with an archive.

use std::fmt;
use std::io;

use berth_domain::Bytes;

/// How many problems are told one by one.
const TOLD: usize = 20;
/// As much of a name as a person wants to read.
const SHOWN: usize = 80;

/// The archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("cannot read the archive")]
    Io(#[from] io::Error),
    /// At least one.
    #[error("the archive is refused: {}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Refused(Vec<Problem>),
}

/// One thing that is wrong. Names are shown escaped and shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("it is not a zip file")]
    NotAZip,
    #[error("it begins like a zip file and has no directory at its end: it was cut off")]
    CutOff,
    #[error("its directory is damaged: {0}")]
    Damaged(&'static str),
    #[error("it has {found} files, and at most {most} are read")]
    TooMany { found: u64, most: u64 },
    #[error("unpacked it takes {found}, and at most {most} are allowed")]
    TooLarge { found: Bytes, most: Bytes },
    #[error("`{name}` says that it unpacks to {times} times its size: that is a bomb")]
    Bomb { name: String, times: u64 },
    #[error("`{name}` is encrypted")]
    Encrypted { name: String },
    #[error("`{name}` is packed by method {method}, and only 0 and 8 are read")]
    Method { name: String, method: u16 },
    #[error("`{name}` is {what}, not a file")]
    NotAFile { name: String, what: &'static str },
    #[error("`{name}` is no name of a backup: {why}")]
    Name { name: String, why: &'static str },
    #[error("`{name}` is there twice")]
    Twice { name: String },
    #[error("two of its files share the same bytes")]
    Overlap,
    #[error("and {0} more problems")]
    More(usize),
}

/// Problems as they are found: the first ones are kept, the others counted.
#[derive(Debug, Default)]
pub(super) struct Found {
    problems: Vec<Problem>,
    more: usize,
}

impl Found {
    pub(super) fn add(&mut self, problem: Problem) {
        if self.problems.len() < TOLD {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn into_result(mut self) -> Result<(), ArchiveError> {
        if self.more > 0 {
            self.problems.push(Problem::More(self.more));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(ArchiveError::Refused(self.problems)) }
    }
}

/// A name as people may see it.
pub(super) fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

impl From<Problem> for ArchiveError {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

/// The same problem where only an `io::Error` fits.
pub(super) fn invalid(why: impl fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_string())
}
