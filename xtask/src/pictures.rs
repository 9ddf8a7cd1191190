//! `cargo xtask pictures`: takes a picture of every page, light, dark and on a phone, into `docs/ui`. What it
//! does is in the example `pages` of `berth`, beside the tests of the API.
//!
//! # Invariants
//!
//! * Nothing is needed but packages of the machine: no container engine.
//! * This process becomes the one that takes them, so an interrupt reaches it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::process::Tool;
use crate::setup::apt;
use crate::{progress, test, workspace};

/// Letters differ from machine to machine; these are first in the pages' style that Debian has.
const FONTS: [&str; 2] = ["fonts-inter", "fonts-jetbrains-mono"];

/// Takes them all, or only those whose names contain a word.
pub(crate) fn run(yes: bool, only: Option<&str>) -> Result<ExitCode> {
    test::require("a".parse()?)?;
    apt::require(&FONTS, "the letters on the pictures", yes)?;
    progress::say("building the pages on containers in memory; the first time takes some minutes");
    Tool::new("cargo")
        .args(["build", "-p", "berth", "--example", "pages"])
        .directory(workspace::root())
        .run()?;
    let program = workspace::target().join("debug/examples/pages");
    let folder = workspace::root().join("docs/ui");
    let taking = Tool::new(text(&program)?).arg(text(&folder)?).args(only);
    Err(taking.become_it())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path of the workspace is not UTF-8")
}
