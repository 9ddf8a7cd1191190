//! `cargo xtask contract`: holds the API to its own description, with schemathesis. What it does is in
//! the example `contract` of `berth`, beside the tests of the API.
//!
//! # Invariants
//!
//! * schemathesis lives below `target`, in a version that is named here.
//! * This process becomes the trial, so an interrupt reaches the trial.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::process::Tool;
use crate::{progress, workspace};

const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Asks until there are so many cases. Without a seed, one is drawn.
pub(crate) fn run(cases: u64, seed: Option<u64>) -> Result<ExitCode> {
    let folder = workspace::target().join("contract");
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let schemathesis = install(&folder.join("venv"))?;
    progress::say("building the API on containers in memory; the first time takes some minutes");
    Tool::new("cargo")
        .args(["build", "-p", "berth", "--example", "contract"])
        .directory(workspace::root())
        .run()?;
    // Any number will do that is another one the next time.
    let seed = seed.unwrap_or_else(|| std::process::id().into());
    progress::fact(format!("seed {seed}"));
    let program = workspace::target().join("debug/examples/contract");
    let trial = Tool::new(text(&program)?)
        .args([&schemathesis, text(&folder)?])
        .args([cases.to_string(), seed.to_string()]);
    Err(trial.become_it())
}

/// Makes an environment of Python's own and puts schemathesis there, unless it is there.
fn install(environment: &Path) -> Result<String> {
    let program = environment.join("bin/schemathesis");
    if !program.is_file() {
        progress::say(format!("installing {SCHEMATHESIS} below target"));
        Tool::new("python3")
            .args(["-m", "venv", text(environment)?])
            .run()
            .context("make a virtual environment: Debian needs the package python3-venv for it")?;
        let pip = environment.join("bin/pip");
        Tool::new(text(&pip)?).args(["install", "--quiet", SCHEMATHESIS]).run()?;
    }
    text(&program).map(str::to_owned)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the target directory's path is not UTF-8")
}
