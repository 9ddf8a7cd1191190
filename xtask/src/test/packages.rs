//! Programs of the machine that some tests start.

use std::path::Path;

use anyhow::{Context, Result};

use super::level::{Level, Selection};
use crate::process::{self, Tool};
use crate::setup::apt;
use crate::{progress, workspace};

/// Where Debian keeps the server programs of each PostgreSQL version.
const SERVERS: &str = "/usr/lib/postgresql";
/// Where Debian's scripts read whether a new server gets a cluster at once.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/berth-tests.conf";

/// Installs what the selected levels need and this machine lacks.
pub(crate) fn require(selection: Selection) -> Result<()> {
    if selection.includes(Level::A) && !has_initdb() {
        forbid_cluster()?;
        let package = newest_server().unwrap_or_else(|| "postgresql-15".to_owned());
        apt::require(&[&package], "the tests of the control store", true)?;
    }
    let looks = selection.includes(Level::A) || selection.includes(Level::C);
    if looks && process::find("chromedriver").is_none() {
        apt::require(&["chromium", "chromium-driver"], "the stories in a browser", true)?;
    }
    if selection.includes(Level::D) && process::find("strace").is_none() {
        apt::require(&["strace"], "the story of every program that is started", true)?;
    }
    Ok(())
}

fn has_initdb() -> bool {
    let versions = std::fs::read_dir(SERVERS).into_iter().flatten().flatten();
    let mut programs = versions.map(|version| version.path().join("bin/initdb"));
    programs.any(|program| program.is_file()) || process::find("initdb").is_some()
}

/// Tests start their own servers; one on the usual port would be in the way of others.
fn forbid_cluster() -> Result<()> {
    if Path::new(NO_CLUSTER).exists() || apt::is_installed("postgresql-common") {
        return Ok(());
    }
    progress::say(format!("writing {NO_CLUSTER}: the tests need no server on the usual port"));
    let source = workspace::scratch()?.join("no-cluster.conf");
    std::fs::write(&source, "create_main_cluster = false\n").context("write a file")?;
    let source = source.to_str().context("the target directory's path is not UTF-8")?;
    Tool::new("install").args(["-D", "-m", "0644", source, NO_CLUSTER]).with_root()?.run()
}

/// The newest server that the machine's package lists know.
fn newest_server() -> Option<String> {
    let names = Tool::new("apt-cache").args(["pkgnames", "postgresql-"]).output().ok()?;
    newest_in(&String::from_utf8_lossy(&names))
}

fn newest_in(names: &str) -> Option<String> {
    let versions = names.lines().filter_map(|name| name.strip_prefix("postgresql-")?.parse().ok());
    versions.max().map(|version: u32| format!("postgresql-{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_server_is_found_among_other_packages() {
        let names = "postgresql-9\npostgresql-15\npostgresql-client-17\npostgresql-common\n";

        assert_eq!(newest_in(names).as_deref(), Some("postgresql-15"));
        assert_eq!(newest_in("postgresql-common"), None);
    }
}
