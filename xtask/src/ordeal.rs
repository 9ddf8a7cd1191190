//! `cargo xtask soak`, `faults`, `chaos` and `crash-matrix`: long trials of the real program on a real engine. What they do is in
//! the program `ordeal` of `berth-testkit`, beside the homes and engines that tests use.
//!
//! # Invariants
//!
//! * This process becomes the trial, so an interrupt reaches the trial, which tidies up.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::process::Tool;
use crate::{progress, setup, workspace};

/// Builds what is tried and what tries it, and becomes the latter. The arguments are the trial's own,
/// `--release` excepted.
pub(crate) fn run(trial: &str, mut arguments: Vec<String>) -> Result<ExitCode> {
    let before = arguments.len();
    arguments.retain(|argument| argument != "--release");
    let is_release = arguments.len() < before;
    setup::run(false)?;
    progress::say("building berth; the first time takes some minutes");
    build(&["-p", "berth-testkit", "--bin", "ordeal"])?;
    let (profile, flag) =
        if is_release { ("release", &["--release"][..]) } else { ("debug", &[][..]) };
    let can_be_stopped = trial == "crash-matrix";
    let features = if can_be_stopped { &["--features", "failpoints"][..] } else { &[][..] };
    build(&[&["-p", "berth"], flag, features].concat())?;

    let built = |path: &str| {
        let path = workspace::target().join(path);
        path.to_str().map(str::to_owned).context("the target directory's path is not UTF-8")
    };
    let program = built(&format!("{profile}/berth"))?;
    let program = if can_be_stopped { set_aside(&program)? } else { program };
    let setup = setup::result_file();
    let setup = setup.to_str().context("the target directory's path is not UTF-8")?;
    let ordeal = Tool::new(built("debug/ordeal")?)
        .args(["--program", &program, trial])
        .args(arguments)
        .variable("BERTH_SETUP", setup)
        // What goes wrong in a round is told in a sentence, and may go wrong many times.
        .variable("RUST_BACKTRACE", "0");
    Err(ordeal.become_it())
}

/// Moves a build that can be stopped away from where everybody expects one that cannot.
fn set_aside(program: &str) -> Result<String> {
    let aside = format!("{program}-failpoints");
    std::fs::rename(program, &aside).with_context(|| format!("cannot move `{program}`"))?;
    Ok(aside)
}

fn build(arguments: &[&str]) -> Result<()> {
    let cargo = Tool::new("cargo").arg("build").args(arguments.iter().copied());
    cargo.directory(workspace::root()).run()
}
