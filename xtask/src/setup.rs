//! `cargo xtask setup`: a container engine and the images, on any machine.
//!
//! # Invariants
//!
//! * Idempotent: what answers or exists is used as it is.
//! * Its result is a file that tests and `run` read, not global state.

pub(crate) mod apt;
pub(crate) mod daemon;
pub(crate) mod debian;
mod host;
pub(crate) mod images;
mod recipe;
mod tiny;

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::engine::Engine;
use crate::{progress, workspace};
use images::References;

/// What set-up did about the engine.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) engine: Engine,
    /// Whether the engine was down before; who started it may stop it.
    pub(crate) started_engine: bool,
    pub(crate) references: References,
}

/// Where the result of set-up is left for tests.
pub(crate) fn result_file() -> PathBuf {
    workspace::target().join("berth-setup.json")
}

/// Brings up an engine and makes the images.
pub(crate) fn run(yes: bool) -> Result<Ready> {
    let _alone = lock()?;
    let (engine, started_engine) = self::engine(yes)?;
    let references = images::ensure(&engine, yes)?;
    let text = serde_json::to_string_pretty(&references).context("write the result of set-up")?;
    let file = result_file();
    std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    progress::say(format!(
        "images {}, {}, {}; written to {}",
        references.odoo,
        references.postgres,
        references.tiny,
        file.display()
    ));
    Ok(Ready { engine, started_engine, references })
}

/// Keeps a second set-up from building the same images at the same time.
fn lock() -> Result<File> {
    let path = workspace::scratch()?.join("lock");
    let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
    if file.try_lock().is_err() {
        progress::say("waiting for another set-up to finish");
        file.lock().with_context(|| format!("lock {}", path.display()))?;
    }
    Ok(file)
}

/// Brings up an engine; tells whether it was down before.
pub(crate) fn engine(yes: bool) -> Result<(Engine, bool)> {
    let found = Engine::find()?;
    let started_engine = found.is_none();
    let engine = match found {
        Some(engine) => engine,
        None => daemon::bring_up(yes)?,
    };
    let version = engine.require_version()?;
    progress::say(format!("engine {version} on {}", engine.host()));
    Ok((engine, started_engine))
}
