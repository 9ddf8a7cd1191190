//! Where this repository and its build products are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::environment;

/// The repository's root: this package's manifest directory is `xtask` below it.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// Where Cargo builds.
pub(crate) fn target() -> PathBuf {
    environment::variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A directory for logs and intermediate files of set-up, created.
pub(crate) fn scratch() -> Result<PathBuf> {
    let scratch = target().join("berth-setup");
    std::fs::create_dir_all(&scratch)
        .with_context(|| format!("create the directory {}", scratch.display()))?;
    Ok(scratch)
}
