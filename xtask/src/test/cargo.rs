//! One invocation of `cargo test`, and what came of it.
//!
//! # Invariants
//!
//! * The output of `cargo test` is shown untouched; it is only read on the way.
//! * What needs the engine runs alone, one test at a time.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{BufRead, BufReader};

use anyhow::{Context, Result, bail};

use super::level::Level;
use super::summary::Summary;
use crate::process::Tool;
use crate::{progress, setup, workspace};

/// The target whose server can be made to fail on purpose, by a feature that is off otherwise.
const BROKEN: &str = "watchdog";

/// Arguments for one `cargo test`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    level: Level,
    arguments: Vec<String>,
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "tests of level {:?}", self.level)
    }
}

impl Run {
    /// What to run for `level`, given the integration test targets that exist.
    pub(crate) fn of_level(level: Level, targets: &BTreeSet<String>) -> Vec<Self> {
        let run = |arguments: &[&str]| {
            let all = ["test", "--workspace", "--no-fail-fast"].iter().chain(arguments);
            Self { level, arguments: all.map(|argument| (*argument).to_owned()).collect() }
        };
        if let Some(target) = level.target() {
            let mut runs = Vec::new();
            if targets.contains(target) {
                runs.push(run(&["--test", target, "--", "--test-threads=1"]));
            }
            if level == Level::D && targets.contains(BROKEN) {
                // A program of its own: the others are tested as they are shipped.
                runs.push(run(&["--features", "berth/failpoints", "--test", BROKEN]));
            }
            return runs;
        }
        let is_live = |name: &str| {
            name == BROKEN || Level::ALL.iter().any(|other| other.target() == Some(name))
        };
        let mut arguments = vec!["--lib", "--bins"];
        for target in targets.iter().filter(|target| !is_live(target)) {
            arguments.extend(["--test", target.as_str()]);
        }
        vec![run(&arguments), run(&["--doc"])]
    }

    /// Runs it, adding its results to `summary`; fails when it does.
    pub(crate) fn execute(&self, summary: &mut Summary) -> Result<()> {
        progress::say(format!("cargo {}", self.arguments.join(" ")));
        let setup = setup::result_file();
        let setup = setup.to_str().context("the target directory's path is not UTF-8")?;
        let cargo = Tool::new("cargo")
            .args(self.arguments.iter().map(String::as_str))
            .variable("BERTH_SETUP", setup)
            .directory(workspace::root());
        let mut child = cargo.piped()?;
        let output = child.stdout.take().context("the pipe from cargo is missing")?;
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context("read what cargo writes")?;
            let line = String::from_utf8_lossy(&line);
            progress::fact(&*line);
            summary.add(&line);
        }
        let status = child.wait().context("wait for cargo")?;
        if !status.success() {
            bail!("{self} failed ({status})");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(level: Level, targets: &[&str]) -> Vec<String> {
        let targets = targets.iter().map(|name| (*name).to_owned()).collect();
        let runs = Run::of_level(level, &targets);
        runs.into_iter().map(|run| run.arguments[3..].join(" ")).collect()
    }

    #[test]
    fn a_server_that_fails_on_purpose_is_a_program_of_its_own() {
        let runs = arguments(Level::D, &["it", "faults", "watchdog"]);

        let apart = "--features berth/failpoints --test watchdog";
        assert_eq!(runs, ["--test faults -- --test-threads=1", apart]);
        assert!(!arguments(Level::A, &["it", "watchdog"])[0].contains("watchdog"));
    }

    #[test]
    fn level_a_is_everything_that_needs_no_engine() {
        let runs = arguments(Level::A, &["it", "engine", "stack", "cli"]);

        assert_eq!(runs, ["--lib --bins --test cli --test it", "--doc"]);
    }

    #[test]
    fn live_levels_run_serially_and_only_if_they_exist() {
        let expected = ["--test engine -- --test-threads=1"];

        assert_eq!(arguments(Level::B, &["engine", "it"]), expected);
        assert_eq!(arguments(Level::D, &["engine", "it"]), Vec::<String>::new());
    }
}
