//! `cargo xtask podman`: the contract suite and one whole story on Debian's Podman.
//!
//! Everything happens in namespaces of its own (network, mounts, processes): what Podman and Berth tell the
//! firewall, and every container, is gone with the last process, however that ends, and an engine that runs
//! beside it notices nothing. Only the packages stay.
//!
//! # Invariants
//!
//! * No configuration of the machine is changed: Podman gets its own by the environment.
//! * Storage is in memory, mounted in the namespace: there is nothing to clean up afterwards.
//! * Nothing of the machine's own network is reachable from inside, so all that needs it is done before.

mod service;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::engine::{Engine, Kind};
use crate::process::{self, Tool};
use crate::setup::{self, apt};
use crate::{environment, progress, workspace};
use service::Service;

/// What Podman and Berth on it need. `catatonit` is its init program, `iptables` what netavark speaks.
const PACKAGES: [&str; 8] =
    ["podman", "conmon", "runc", "netavark", "aardvark-dns", "catatonit", "iptables", "iproute2"];
/// Short, because the paths of sockets are below it (unix(7)).
const ROOM: &str = "/var/tmp/berth-on-podman";
/// The images take 2.3 GB of it.
const SIZE: &str = "size=6g,mode=0700";
/// Tells the part inside which network is not its own.
const OUTSIDE: &str = "BERTH_OUTSIDE_NETWORK";

/// Tests, as arguments of `cargo test` before and after `--`.
struct Suite {
    name: &'static str,
    target: [&'static str; 4],
    arguments: [&'static str; 1],
}

const SUITES: [Suite; 2] = [
    Suite {
        name: "contract",
        target: ["-p", "berth-runtime-docker", "--test", "engine"],
        arguments: ["--test-threads=1"],
    },
    Suite { name: "story", target: ["-p", "berth", "--test", "stack"], arguments: ["whole"] },
];

/// The suites that were asked for: one by its name, or all.
fn selected(only: Option<&str>) -> Result<Vec<&'static Suite>> {
    let chosen: Vec<_> =
        SUITES.iter().filter(|suite| only.is_none_or(|name| name == suite.name)).collect();
    match only {
        Some(name) if chosen.is_empty() => {
            bail!("there is no suite `{name}`: it is `contract` or `story`")
        }
        _ => Ok(chosen),
    }
}

/// Prepares everything that needs the machine's network, then runs the tests in namespaces.
pub(crate) fn run(yes: bool, only: Option<&str>) -> Result<()> {
    let suites = selected(only)?;
    if !process::is_root()? {
        bail!("namespaces and Podman's storage need root: run this as root");
    }
    apt::require(&PACKAGES, "the tests on Podman", yes)?;
    setup::run(yes)?;
    progress::say("building the tests");
    for suite in &suites {
        cargo(&[&["test", "--no-run"], &suite.target[..]].concat()).run()?;
    }
    std::fs::create_dir_all(ROOM).with_context(|| format!("create {ROOM}"))?;
    let program = environment::program()?;
    let namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
    let inside = Tool::new("unshare").args(namespaces).arg(text(&program)?);
    let inside = inside.args(["podman", "--inside"]).variable(OUTSIDE, network()?);
    let only = only.into_iter().flat_map(|name| ["--only", name]);
    let ran = inside.args(only).directory(workspace::root()).run();
    // Empty: what was mounted there went with the namespace.
    std::fs::remove_dir(ROOM).with_context(|| format!("remove {ROOM}"))?;
    ran
}

/// The part that runs in the namespaces.
pub(crate) fn inside(only: Option<&str>) -> Result<()> {
    // Podman and Berth change the firewall: never the machine's own.
    if environment::variable(OUTSIDE).is_none_or(|outside| network().is_ok_and(|n| n == outside)) {
        bail!("this is the machine's own network: run `cargo xtask podman` without `--inside`");
    }
    let docker = Engine::find()?.context("the engine that has the images is down")?;
    let references = setup::images::ensure(&docker, true)?;
    Tool::new("ip").args(["link", "set", "lo", "up"]).run()?;
    // In memory, so that the end of the namespace is the end of it: 80 000 files take minutes to remove.
    Tool::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs", ROOM]).run()?;
    let service = Service::start(Path::new(ROOM))?;
    progress::say(format!("engine {} on {}", service.engine.require_version()?, ROOM));
    for reference in [&references.tiny, &references.postgres, &references.odoo] {
        let digest = service.take(&docker, reference)?;
        progress::say(format!("moved {reference}: {digest}"));
    }
    let references = setup::images::References { docker_host: service.engine.host(), ..references };
    let file = PathBuf::from(ROOM).join("setup.json");
    let json = serde_json::to_string_pretty(&references).context("write the set-up")?;
    std::fs::write(&file, json).with_context(|| format!("write {}", file.display()))?;
    for suite in selected(only)? {
        let (target, last) = (&suite.target[..], &suite.arguments[..]);
        let arguments = [&["test", "--offline"], target, &["--"], last].concat();
        progress::say(format!("cargo {}", arguments.join(" ")));
        cargo(&arguments).variable("BERTH_SETUP", text(&file)?).run()?;
    }
    refuse_leftovers(&service.engine)?;
    progress::say("passed on Podman, and nothing is left");
    Ok(())
}

/// The network namespace of this process.
fn network() -> Result<String> {
    let link = std::fs::read_link("/proc/self/ns/net").context("look at the network namespace")?;
    text(&link).map(str::to_owned)
}

fn refuse_leftovers(engine: &Engine) -> Result<()> {
    for kind in Kind::ALL {
        let left = engine.labelled(kind, "berth.home")?;
        if !left.is_empty() {
            let labels: Vec<_> = left.iter().map(|object| &object.labels).collect();
            bail!("{} of the tests are still there: {labels:?}", kind.plural());
        }
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Tool {
    Tool::new("cargo").args(arguments.iter().copied()).directory(workspace::root())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_chosen_by_its_name_and_no_name_means_all() {
        let names = |only| selected(only).unwrap().iter().map(|s| s.name).collect::<Vec<_>>();

        assert_eq!(names(None), ["contract", "story"]);
        assert_eq!(names(Some("story")), ["story"]);
        assert!(selected(Some("stories")).is_err());
    }
}
