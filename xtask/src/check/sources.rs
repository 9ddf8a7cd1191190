//! The text of this repository, as it stands on disk.

use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace;

/// Directories that hold nothing anybody wrote here.
const SKIPPED: [&str; 4] = ["target", ".git", "node_modules", "vendor"];
const EXTENSIONS: [&str; 11] =
    ["rs", "toml", "md", "json", "sql", "html", "css", "js", "txt", "conf", "cfg"];
const NAMES: [&str; 3] = ["Makefile", "Dockerfile", "run"];

/// A file of text.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the repository's root.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }

    /// The file's name without directory and extension.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }
}

/// Reads every text file below the root, in order of their paths.
pub(crate) fn read() -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    visit(workspace::root(), &mut sources)?;
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn visit(directory: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let told = || format!("read {}", directory.display());
    for entry in std::fs::read_dir(directory).with_context(told)? {
        let entry = entry.with_context(told)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().with_context(told)?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
            visit(&entry.path(), sources)?;
        } else if kind.is_file() && is_text(&name) {
            let path = entry.path();
            let text = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
            let path = path.strip_prefix(workspace::root()).unwrap_or(&path);
            let path = path.to_string_lossy().into_owned();
            sources.push(Source { path, text: String::from_utf8_lossy(&text).into_owned() });
        }
    }
    Ok(())
}

fn is_text(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    NAMES.contains(&name) || extension.is_some_and(|own| EXTENSIONS.contains(&own))
}
