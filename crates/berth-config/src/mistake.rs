//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub place: Place,
    /// `section.key`. Empty when it is about the file as a whole.
    pub key: String,
    pub message: String,
    pub hint: Option<String>,
}

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Lines count from 1. `None`: the file as a whole.
    File { path: PathBuf, line: Option<usize> },
    /// An environment variable.
    Variable(String),
    /// `--set`.
    Flag,
    /// Nobody wrote it.
    Default,
}

/// Everything that is wrong, in the order of the file, then of the variables and flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(pub Vec<Mistake>);

impl Place {
    /// The order in which people look for mistakes: down the file, then outside it.
    pub(crate) fn rank(&self) -> (u8, usize) {
        match self {
            Self::File { line, .. } => (0, line.unwrap_or(0)),
            Self::Variable(_) => (1, 0),
            Self::Flag => (2, 0),
            Self::Default => (3, 0),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line: Some(line) } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag => f.write_str("--set"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("the configuration has a mistake"),
            count => write!(f, "the configuration has {count} mistakes"),
        }
    }
}

impl std::error::Error for Invalid {}
