//! What our images are made of, and how to tell that it changed.
//!
//! # Invariants
//!
//! * A recipe's hash covers every file that shapes the image, in a fixed
//!   order; the same files give the same hash on every machine.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace;

/// The label under which an image carries the hash of its recipe.
pub(crate) const LABEL: &str = "berth.recipe";

/// The suites of Debian that images are made from, from `images/base/recipe.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suites {
    pub(crate) suite: String,
    /// Where packages come from that `suite` does not have.
    pub(crate) newer_suite: String,
}

impl Suites {
    pub(crate) fn read() -> Result<Self> {
        let path = workspace::root().join("images/base/recipe.json");
        let text = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("understand {}", path.display()))
    }
}

/// The hash of the recipe that the directories `images/<name>` make up together.
pub(crate) fn hash(names: &[&str]) -> Result<String> {
    let mut hash = Fnv::new();
    for name in names {
        let directory = workspace::root().join("images").join(name);
        for (file, content) in files(&directory)? {
            hash.add(format!("{name}/{file}").as_bytes());
            hash.add(&content);
        }
    }
    Ok(format!("{:016x}", hash.0))
}

fn files(directory: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let told = || format!("read the recipe {}", directory.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).with_context(told)? {
        let entry = entry.with_context(told)?;
        let content = std::fs::read(entry.path()).with_context(told)?;
        files.push((entry.file_name().to_string_lossy().into_owned(), content));
    }
    files.sort();
    Ok(files)
}

/// FNV-1a with each part's length, so that parts cannot run into each other.
/// It tells versions of our own files apart and defends against nobody.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, part: &[u8]) {
        let length = (part.len() as u64).to_le_bytes();
        for byte in length.iter().chain(part) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(parts: &[&str]) -> u64 {
        let mut hash = Fnv::new();
        for part in parts {
            hash.add(part.as_bytes());
        }
        hash.0
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(hash_of(&["ab", "c"]), hash_of(&["a", "bc"]));
        assert_eq!(hash_of(&["ab", "c"]), hash_of(&["ab", "c"]));
    }

    #[test]
    fn every_recipe_in_the_repository_can_be_read() {
        assert_ne!(hash(&["base", "odoo"]).unwrap(), hash(&["base", "postgres"]).unwrap());
        assert!(!Suites::read().unwrap().suite.is_empty());
    }
}
