//! `cargo xtask check`: the rules that the compiler does not know.
//!
//! # Invariants
//!
//! * Every rule is a pure function from facts to problems; only this file reads
//!   Cargo's answers and the sources.
//! * All problems are shown at once.

mod bans;
mod budgets;
mod forbidden;
mod graph;
mod layering;
mod licences;
mod sources;

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::progress;
use graph::Graph;

/// Checks everything; fails when there is a problem.
pub(crate) fn run() -> Result<()> {
    let graph = Graph::read()?;
    let sources = sources::read()?;
    let mut problems = layering::problems(&graph);
    problems.extend(bans::problems(&graph));
    problems.extend(licences::problems(&graph));
    let mut notes = Vec::new();
    for source in &sources {
        let verdict = budgets::judge(source);
        problems.extend(verdict.problems);
        notes.extend(verdict.notes);
        problems.extend(forbidden::problems(source));
    }
    for note in &notes {
        progress::fact(format!("note: {note}"));
    }
    for problem in &problems {
        progress::fact(format!("problem: {problem}"));
    }
    if !problems.is_empty() {
        bail!("{} problems; each is listed above", problems.len());
    }
    let (files, packages) = (sources.len(), graph.packages.len());
    progress::say(format!("checked {files} files and {packages} packages: no problems"));
    Ok(())
}

/// The names of all integration test targets in the workspace.
pub(crate) fn test_targets() -> Result<BTreeSet<String>> {
    Ok(Graph::read()?.targets("test"))
}
