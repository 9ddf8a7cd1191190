//! What this process was given: arguments, variables, terminal, user.
//!
//! # Invariants
//!
//! * The only module of `xtask` that reads the environment.
#![expect(clippy::disallowed_methods, reason = "automation is configured by its environment")]

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// The arguments after the program's name.
pub(crate) fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// This program itself.
pub(crate) fn program() -> Result<PathBuf> {
    std::env::current_exe().context("find this program")
}

/// A variable's value; an empty one counts as absent.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The directories in which programs are looked for.
pub(crate) fn search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Daemons live in sbin, which a user's PATH often leaves out.
    std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]).collect()
}

/// Whether somebody can answer a question.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal()
}

/// Whether questions were answered with yes beforehand (`YES=1`).
pub(crate) fn is_yes() -> bool {
    variable("YES").is_some_and(|value| value != "0")
}

/// Whether this runs unattended, on a machine that is thrown away afterwards.
pub(crate) fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value == "true" || value == "1")
}
