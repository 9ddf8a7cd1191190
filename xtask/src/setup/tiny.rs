//! A few megabytes with `sh`, `sleep`, `nc` and `httpd`, to try engines with.
//!
//! # Invariants
//!
//! * The tag is the recipe's version: change what is in the image, raise it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::apt;
use super::debian::text;
use super::host::{Family, family};
use super::images::Registry;
use crate::engine::Engine;
use crate::process::Tool;
use crate::{progress, workspace};

const REPOSITORY: &str = "berth.local/tiny";
const TAG: &str = "1";
const PACKAGE: &str = "busybox-static";
/// What serves on systems that have no such package.
const PULLED: (&str, &str) = ("busybox", "1.37");

/// Makes sure that the tiny image exists; returns its reference.
pub(crate) fn ensure(engine: &Engine, registry: &mut Registry) -> Result<String> {
    let ours = format!("{REPOSITORY}:{TAG}");
    let pulled = format!("{}:{}", PULLED.0, PULLED.1);
    for reference in [&ours, &pulled] {
        if engine.image(reference)?.is_some() {
            return Ok(reference.clone());
        }
    }
    if family() == Family::Unknown {
        if registry.pull(engine, PULLED.0, PULLED.1)? {
            return Ok(pulled);
        }
        bail!("the image {pulled} cannot be pulled: make a registry reachable");
    }
    progress::say(format!("building {ours} from {PACKAGE}"));
    let scratch = workspace::scratch()?.join("tiny");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).context("empty the directory for the tiny image")?;
    }
    build(engine, &scratch).with_context(|| format!("build {ours} from {PACKAGE}"))?;
    Ok(ours)
}

fn build(engine: &Engine, scratch: &Path) -> Result<()> {
    let (package, root) = (scratch.join("package"), scratch.join("root"));
    fs::create_dir_all(&package)?;
    apt::download(PACKAGE, scratch)?;
    let archive = fs::read_dir(scratch)?
        .flatten()
        .find(|entry| entry.path().extension().is_some_and(|extension| extension == "deb"));
    let archive = archive.context("apt downloaded nothing; run `apt-get update`")?.path();
    Tool::new("dpkg-deb").args(["-x", &text(&archive)?, &text(&package)?]).output()?;
    let busybox = ["usr/bin/busybox", "bin/busybox"].map(|path| package.join(path));
    let busybox =
        busybox.iter().find(|path| path.is_file()).context("no busybox in the package")?;
    lay_out(&root, busybox)?;
    let tar = scratch.join("tiny.tar");
    let owner = ["--owner=0", "--group=0", "-C", &text(&root)?, "-cf", &text(&tar)?, "."];
    Tool::new("tar").args(owner).output()?;
    let changes = ["ENV PATH=/bin", "CMD [\"/bin/sh\"]", "LABEL berth.recipe=1"];
    engine.import(&tar, REPOSITORY, TAG, &changes)?;
    fs::remove_dir_all(scratch).context("remove the directory for the tiny image")
}

fn lay_out(root: &Path, busybox: &Path) -> Result<()> {
    for directory in ["bin", "etc", "tmp", "var", "run"] {
        fs::create_dir_all(root.join(directory))?;
    }
    fs::copy(busybox, root.join("bin/busybox"))?;
    fs::write(
        root.join("etc/passwd"),
        "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
    )?;
    fs::write(root.join("etc/group"), "root:x:0:\nnogroup:x:65534:\n")?;
    let applets = Tool::new(text(busybox)?).arg("--list").output()?;
    for applet in String::from_utf8_lossy(&applets).lines().filter(|name| *name != "busybox") {
        symlink("busybox", root.join("bin").join(applet))?;
    }
    Ok(())
}
