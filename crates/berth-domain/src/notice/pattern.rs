//! Which kinds somebody wants to hear of.

use std::fmt;
use std::str::FromStr;

/// A list of kinds and of beginnings of kinds: `tenant.*, operation.stuck`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns(Vec<String>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a list of events: write kinds such as `tenant.broken`, beginnings such as `tenant.*`, or `*`, with commas between"
)]
pub struct InvalidPattern(pub String);

/// How many a list may have.
const MOST: usize = 20;

impl Patterns {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    #[must_use]
    pub fn has(&self, kind: &str) -> bool {
        self.0.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => kind.starts_with(beginning),
            None => kind == pattern,
        })
    }
}

impl FromStr for Patterns {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let patterns: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
        if patterns.len() <= MOST && patterns.iter().all(|pattern| is_pattern(pattern)) {
            Ok(Self(patterns))
        } else {
            Err(InvalidPattern(text.chars().take(60).flat_map(char::escape_default).collect()))
        }
    }
}

/// `*`, `word.*` or `word.word`.
fn is_pattern(text: &str) -> bool {
    let is_word = |word: &str| {
        (1..=40).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    match text.split_once('.') {
        None => text == "*",
        Some((subject, what)) => is_word(subject) && (what == "*" || is_word(what)),
    }
}

impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}
