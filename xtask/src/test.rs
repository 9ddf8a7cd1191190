//! `cargo xtask test`: what `make test` and CI run.
//!
//! # Invariants
//!
//! * A failing step does not hide the ones after it; all of them are named at
//!   the end.
//! * What earlier or this run left in the engine is swept, before and after;
//!   only things labelled as a test's are touched, and none of a process that
//!   still runs.
//! * Two runs that need the engine follow each other.

mod cargo;
mod level;
mod packages;
mod summary;
mod sweep;
mod turn;

use std::process::ExitCode;

use anyhow::Result;

use crate::process::Tool;
use crate::setup::{self, Ready};
use crate::{check, environment, progress, workspace};
use cargo::Run;
use level::Level;
use summary::Summary;

pub(crate) use level::Selection;
pub(crate) use packages::require;

/// Runs everything that `selection` asks for.
pub(crate) fn run(selection: Selection) -> Result<ExitCode> {
    packages::require(selection)?;
    let _turn = turn::wait(selection)?;
    let ready = setup::run(false)?;
    sweep::sweep(&ready.engine)?;
    let outcome = steps(selection);
    sweep::sweep(&ready.engine)?;
    release(&ready)?;
    let (summary, failed) = outcome?;
    for failure in summary.failures() {
        progress::fact(failure.to_string());
    }
    for step in &failed {
        progress::say(format!("failed: {step}"));
    }
    progress::fact(summary.to_string());
    let is_good = failed.is_empty() && summary.failed == 0;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the steps; returns the sum of all tests and the names of failed steps.
fn steps(selection: Selection) -> Result<(Summary, Vec<String>)> {
    let mut failed = Vec::new();
    let mut step = |name: &str, outcome: Result<()>| {
        if let Err(error) = outcome {
            progress::error(&error);
            failed.push(name.to_owned());
        }
    };
    if selection == Selection::All {
        step("formatting", cargo(&["fmt", "--all", "--check"]));
        let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        step("lints", cargo(&clippy));
        progress::say("checking layers, bans, licences, budgets and text");
        step("checks", check::run());
    }
    let targets = check::test_targets()?;
    let mut summary = Summary::default();
    for level in Level::ALL.into_iter().filter(|level| selection.includes(*level)) {
        for run in Run::of_level(level, &targets) {
            step(&run.to_string(), run.execute(&mut summary));
        }
    }
    Ok((summary, failed))
}

fn cargo(arguments: &[&str]) -> Result<()> {
    progress::say(format!("cargo {}", arguments.join(" ")));
    Tool::new("cargo").args(arguments.iter().copied()).directory(workspace::root()).run()
}

/// Stops an engine that is only up for this run, on a machine that is thrown away.
fn release(ready: &Ready) -> Result<()> {
    if ready.started_engine && environment::is_ci() {
        progress::say("stopping the container engine that this run started");
        return setup::daemon::stop();
    }
    Ok(())
}
