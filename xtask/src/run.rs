//! `cargo xtask run` and `stop`: from a clone to a tenant in the browser.
//!
//! # Invariants
//!
//! * Every step first looks whether it is needed, so a second run changes
//!   nothing, and a run after a reboot brings back what is missing.
//! * Berth outlives this process; only `stop`, `clean` and a newer build end it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::home::{Home, program};
use crate::process::{self, Tool};
use crate::{progress, setup, workspace};

const START: Duration = Duration::from_mins(2);
const STOP: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(200);
const TENANT: &str = "demo";

/// What answers in a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Running {
    Nobody,
    ThisBuild,
    /// Also one that is too old to say which.
    AnotherBuild,
}

impl Running {
    fn of(status: Option<&Value>, built: &str) -> Self {
        match status {
            None => Self::Nobody,
            Some(status) if status["build"] == built => Self::ThisBuild,
            Some(_) => Self::AnotherBuild,
        }
    }
}

/// Sets up, builds, starts Berth, and creates the demo tenant.
pub(crate) fn run(yes: bool) -> Result<()> {
    let ready = setup::run(yes)?;
    build()?;
    let home = Home::find()?;
    home.prepare(&ready.references)?;
    start(&home, &ready.engine.host())?;
    ensure_tenant(&home)?;
    home.berth()?.args(["tenant", "open", TENANT]).run()?;
    let berth = program();
    let directory = home.directory().display();
    progress::fact(format!(
        "\nA code makes you the first operator: type it at the console, http://localhost:8070. Get it with:\n  BERTH_HOME={directory} {} setup-token",
        berth.display()
    ));
    Ok(())
}

fn build() -> Result<()> {
    progress::say("building berth; the first time takes some minutes");
    let cargo = Tool::new("cargo").args(["build", "--release", "-p", "berth"]);
    cargo.directory(workspace::root()).run()
}

fn start(home: &Home, docker_host: &str) -> Result<()> {
    match Running::of(home.status().as_ref(), &crate::home::build()?) {
        Running::Nobody => {}
        Running::ThisBuild => {
            progress::say(format!("berth is running in {}", home.directory().display()));
            return Ok(());
        }
        Running::AnotherBuild => {
            progress::say("berth was built anew, so the one that runs makes way; tenants stay up");
            stop_in(home)?;
        }
    }
    let log = home.file("berth.log");
    progress::say(format!("starting berth in {}", home.directory().display()));
    let serve = home.berth()?.arg("serve").variable("DOCKER_HOST", docker_host);
    let mut child = serve.detached(&log)?;
    let deadline = Instant::now() + START;
    while !home.answers() {
        if let Some(status) = child.try_wait().context("watch berth")? {
            return explain(&log, &format!("berth ended at once ({status})"));
        }
        if Instant::now() > deadline {
            return explain(&log, "berth does not answer on its socket");
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn explain(log: &Path, what: &str) -> Result<()> {
    progress::detail(&process::last_lines_of(log));
    bail!("{what}; the end of its log is above, all of it in {}", log.display());
}

fn ensure_tenant(home: &Home) -> Result<()> {
    let berth = home.berth()?;
    if berth.clone().args(["tenant", "show", TENANT, "--output", "json"]).succeeds() {
        progress::say(format!("the tenant {TENANT} is there"));
        return Ok(());
    }
    progress::say(format!("creating the tenant {TENANT}; this is the plan:"));
    berth.clone().args(["tenant", "create", TENANT, "--dry-run"]).run()?;
    berth.args(["tenant", "create", TENANT]).run()
}

/// Stops Berth; its tenants keep running.
pub(crate) fn stop() -> Result<()> {
    stop_in(&Home::find()?)
}

/// Stops the Berth of `home` and waits until it has let go of its socket.
pub(crate) fn stop_in(home: &Home) -> Result<()> {
    let Some(status) = home.status() else {
        progress::say(format!("no berth is running in {}", home.directory().display()));
        return Ok(());
    };
    if !program().is_file() {
        let pid = &status["pid"];
        bail!(
            "berth runs as process {pid}, and {} is gone: build it again, or stop the process with `kill {pid}`",
            program().display()
        );
    }
    home.berth()?.args(["service", "stop"]).run()?;
    let deadline = Instant::now() + STOP;
    while home.answers() {
        if Instant::now() > deadline {
            bail!("berth has not stopped; see {}", home.file("berth.log").display());
        }
        std::thread::sleep(POLL);
    }
    progress::say("berth has stopped; its tenants keep running");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_build_that_lies_there_is_left_running() {
        let of = |status: Option<Value>| Running::of(status.as_ref(), "1-2-3");

        assert_eq!(of(Some(json!({ "build": "1-2-3" }))), Running::ThisBuild);
        assert_eq!(of(Some(json!({ "build": "1-2-4" }))), Running::AnotherBuild);
        assert_eq!(of(Some(json!({ "build": null }))), Running::AnotherBuild);
        assert_eq!(of(Some(json!({ "version": "0.0.0" }))), Running::AnotherBuild);
        assert_eq!(of(None), Running::Nobody);
    }
}
