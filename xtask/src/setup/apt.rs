//! Packages of the machine itself.
//!
//! # Invariants
//!
//! * Nothing is installed without having been announced, and asked for when
//!   somebody can answer.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use super::host::{Family, family};
use crate::process::Tool;
use crate::progress::{self, Unattended};
use crate::workspace;

/// Package lists older than this are fetched again before installing.
const FRESH: Duration = Duration::from_hours(24);

/// Installs those of `packages` that are missing. `purpose` completes "needed for".
pub(crate) fn require(packages: &[&str], purpose: &str, yes: bool) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if family() == Family::Unknown {
        bail!("{purpose} needs packages that Debian calls `{names}`: install them, then try again");
    }
    progress::say(format!("{purpose} needs these Debian packages: {names}"));
    let question = format!("Install {names}?");
    progress::consent(&question, yes, Unattended::GoesOn)?;
    install(&missing)
}

/// Whether dpkg has `package` unpacked and configured.
pub(crate) fn is_installed(package: &str) -> bool {
    let query = Tool::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]);
    query.output().is_ok_and(|status| status == b"installed")
}

fn install(packages: &[&str]) -> Result<()> {
    let log = workspace::scratch()?.join("apt.log");
    if !lists_are_fresh() {
        update(&log)?;
    }
    progress::say(format!("installing {}", packages.join(" ")));
    if apt_install(packages)?.logged(&log).is_err() {
        // The lists may name versions that the mirror has replaced since.
        progress::say("that failed; fetching the package lists anew and trying once more");
        update(&log)?;
        let names = packages.join(" ");
        let told = || format!("install the Debian packages {names}; see if their names changed");
        apt_install(packages)?.logged(&log).with_context(told)?;
    }
    Ok(())
}

/// Downloads the package file of `package` into `directory`, without installing it.
pub(crate) fn download(package: &str, directory: &Path) -> Result<()> {
    let download = Tool::new("apt-get").args(["-qq", "download", package]).directory(directory);
    if download.succeeds() {
        return Ok(());
    }
    update(&workspace::scratch()?.join("apt.log"))?;
    download.output().map(drop)
}

fn update(log: &Path) -> Result<()> {
    progress::say("fetching the package lists");
    let update = Tool::new("apt-get").args(["update", "-q"]).with_root()?;
    update.logged(log).context("fetch the package lists; check the machine's apt sources")
}

fn apt_install(packages: &[&str]) -> Result<Tool> {
    let install = Tool::new("apt-get")
        .args(["install", "-q", "-y", "--no-install-recommends"])
        .args(packages.iter().copied())
        .variable("DEBIAN_FRONTEND", "noninteractive");
    install.with_root()
}

fn lists_are_fresh() -> bool {
    let Ok(entries) = std::fs::read_dir("/var/lib/apt/lists") else { return false };
    let is_fresh = |modified: SystemTime| modified.elapsed().is_ok_and(|age| age < FRESH);
    let lists =
        entries.flatten().filter(|entry| entry.file_name().to_string_lossy().contains("_Packages"));
    let mut times = lists.filter_map(|entry| entry.metadata().ok()?.modified().ok());
    times.any(is_fresh)
}
