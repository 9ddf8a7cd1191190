//! A base image from Debian packages alone, for machines that reach no registry.
//!
//! # Invariants
//!
//! * The mirror is the machine's own and is left behind nowhere: image recipes
//!   write the public default into the images they make.
//! * A failed attempt leaves nothing that the next one would trust.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::host::{self, Family};
use super::recipe::{self, Suites};
use super::{apt, host::family};
use crate::engine::Engine;
use crate::process::{self, Tool};
use crate::{environment, progress, workspace};

pub(crate) const REPOSITORY: &str = "berth.local/base";
/// Of Debian's keys; derivatives keep others in their default keyring.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// The system while it is made and the archive that the engine imports, in the scratch folder.
const TREE: &str = "base";
const ARCHIVE: &str = "base.tar";
/// What `debootstrap` mounts in the system that it makes, and leaves mounted when it is killed.
const MOUNTS: [&str; 2] = ["proc", "sys"];
/// Packages of the base system that nobody needs again; the rest is the recipe's business.
const CLUTTER: [&str; 5] =
    ["usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists"];

/// Makes sure that the base image exists; returns its reference.
pub(crate) fn base(engine: &Engine, suites: &Suites, mirror: &str, yes: bool) -> Result<String> {
    forget_attempt()?;
    let reference = format!("{REPOSITORY}:{}", suites.suite);
    let hash = recipe::hash(&["base"])?;
    let is_current =
        |image: crate::engine::Image| image.label(recipe::LABEL) == Some(hash.as_str());
    if engine.image(&reference)?.is_some_and(is_current) {
        return Ok(reference);
    }
    require_debootstrap(yes)?;
    let scratch = workspace::scratch()?;
    let root = scratch.join(TREE);
    bootstrap(&root, &suites.suite, mirror)?;
    slim(&root)?;
    let archive = scratch.join(ARCHIVE);
    let tar = Tool::new("tar").args(["-C", &text(&root)?, "-cf", &text(&archive)?, "."]);
    tar.with_root()?.run()?;
    let label = format!("LABEL {}={hash}", recipe::LABEL);
    engine
        .import(&archive, REPOSITORY, &suites.suite, &[&label, "CMD [\"/bin/sh\"]"])
        .context("hand the base system to the engine")?;
    forget_attempt()?;
    Ok(reference)
}

/// Removes what an attempt left in the scratch folder, also one that was killed.
pub(crate) fn forget_attempt() -> Result<()> {
    let scratch = workspace::scratch()?;
    remove(&scratch.join(TREE))?;
    remove(&scratch.join(ARCHIVE))
}

fn require_debootstrap(yes: bool) -> Result<()> {
    if family() == Family::Unknown && process::find("debootstrap").is_none() {
        bail!(
            "the images can neither be pulled (no registry answers) nor built here: make a \
             registry reachable, or install debootstrap and Debian's archive keyring"
        );
    }
    if process::find("debootstrap").is_none() || !Path::new(KEYRING).exists() {
        apt::require(&["debootstrap", "debian-archive-keyring"], "building images", yes)?;
    }
    Ok(())
}

fn bootstrap(root: &Path, suite: &str, mirror: &str) -> Result<()> {
    progress::say(format!("installing a minimal Debian {suite} as the base of our images"));
    let mut debootstrap = Tool::new("debootstrap").args(["--variant=minbase"]);
    debootstrap = debootstrap.arg(format!("--keyring={KEYRING}"));
    if mirror.starts_with("https:") {
        debootstrap = debootstrap.arg("--include=ca-certificates");
    }
    let debootstrap = debootstrap.args([suite, &text(root)?, mirror]).with_root()?;
    let told = || {
        format!(
            "install a minimal Debian {suite}; if the mirror has dropped that suite, name \
             another one in images/base/recipe.json"
        )
    };
    debootstrap.logged(&workspace::scratch()?.join("debootstrap.log")).with_context(told)
}

fn slim(root: &Path) -> Result<()> {
    let clutter = CLUTTER.iter().map(|path| text(&root.join(path))).collect::<Result<Vec<_>>>()?;
    Tool::new("rm").arg("-rf").args(clutter).with_root()?.run()?;
    let partial = text(&root.join("var/cache/apt/archives/partial"))?;
    Tool::new("mkdir").args(["-p", &partial]).with_root()?.run()?;
    let images = workspace::root().join("images/base");
    let drop_ins = [
        ("dpkg-exclude.cfg", "etc/dpkg/dpkg.cfg.d/berth"),
        ("apt-container.conf", "etc/apt/apt.conf.d/99berth"),
    ];
    for (from, to) in drop_ins {
        let (from, to) = (text(&images.join(from))?, text(&root.join(to))?);
        Tool::new("install").args(["-m", "0644", &from, &to]).with_root()?.run()?;
    }
    Ok(())
}

/// Removes a tree that root may own, without leaving its file system.
fn remove(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    for mount in MOUNTS.map(|name| path.join(name)).into_iter().filter(|mount| mount.is_dir()) {
        Tool::new("umount").args(["--quiet", &text(&mount)?]).with_root()?.succeeds();
    }
    Tool::new("rm").args(["-rf", "--one-file-system", &text(path)?]).with_root()?.run()
}

/// The proxy through which this machine fetches packages, as build arguments.
pub(crate) fn proxies() -> Vec<(&'static str, String)> {
    let named = ["http_proxy", "https_proxy", "no_proxy"];
    let found = named.into_iter().filter_map(|name| Some((name, environment::variable(name)?)));
    let mut proxies: Vec<_> = found.collect();
    if proxies.is_empty() && host::family() != Family::Unknown {
        let dump = Tool::new("apt-config").args(["dump", "--format=%v", "Acquire::http::Proxy"]);
        let value = dump.output().unwrap_or_default();
        let value = String::from_utf8_lossy(&value).trim().to_owned();
        proxies.extend((!value.is_empty()).then_some(("http_proxy", value)));
    }
    proxies
}

/// A path as an argument of another program.
pub(crate) fn text(path: &Path) -> Result<String> {
    let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    Ok(text.to_owned())
}
