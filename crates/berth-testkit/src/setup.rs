//! What `cargo xtask setup` found or made: the engine and its images.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the engine is and what its images are called.
#[derive(Debug, Clone, Deserialize)]
pub struct Setup {
    pub odoo: String,
    pub postgres: String,
    /// An image with busybox and nothing else.
    pub tiny: String,
    /// `unix:///var/run/docker.sock`.
    pub docker_host: String,
}

impl Setup {
    /// Reads the file that `BERTH_SETUP` names, `target/berth-setup.json` of the workspace otherwise.
    ///
    /// # Panics
    ///
    /// When there is none: these tests prove nothing without an engine.
    #[must_use]
    pub fn read() -> Self {
        let path = path();
        let text = std::fs::read(&path).unwrap_or_else(|error| {
            panic!("cannot read `{}` ({error}): run `cargo xtask setup` first", path.display())
        });
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            panic!("cannot read `{}` ({error}): run `cargo xtask setup` again", path.display())
        })
    }

    /// The socket behind `docker_host`.
    ///
    /// # Panics
    ///
    /// When the engine is not behind a socket of this host.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        let path = self.docker_host.strip_prefix("unix://");
        PathBuf::from(path.expect("the engine is on this host, behind a Unix socket"))
    }
}

fn path() -> PathBuf {
    if let Some(named) = std::env::var_os("BERTH_SETUP") {
        return PathBuf::from(named);
    }
    target().join("berth-setup.json")
}

/// Where Cargo builds.
#[must_use]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from)
}
