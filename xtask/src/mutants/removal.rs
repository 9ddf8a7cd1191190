//! A check that was found in its file, and what stands there without it.

use std::ops::Range;

use anyhow::{Result, bail};

use super::{Mutant, Tests, read};
use crate::workspace;

pub(super) struct Removal {
    pub(super) about: String,
    pub(super) file: String,
    /// Where in its file.
    pub(super) at: Range<usize>,
    pub(super) instead: String,
    pub(super) tests: Tests,
    pub(super) notices: &'static str,
}

impl Removal {
    pub(super) fn of(mutant: &Mutant) -> Result<Self> {
        let Mutant { about, file, check, instead, tests, notices } = *mutant;
        Ok(Self {
            about: about.to_owned(),
            file: file.to_owned(),
            at: once(file, check)?,
            instead: instead.to_owned(),
            tests,
            notices,
        })
    }

    pub(super) fn applied_to(&self, text: &str) -> String {
        let mut text = text.to_owned();
        text.replace_range(self.at.clone(), &self.instead);
        text
    }
}

/// Where in a file something stands that is there once.
pub(super) fn once(file: &str, text: &str) -> Result<Range<usize>> {
    let all = read(&workspace::root().join(file))?;
    let mut found = all.match_indices(text);
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Ok(at..at + text.len()),
        _ => bail!("{file} does not have `{text}` once"),
    }
}
