//! `cargo xtask podman`: the contract suite and one whole story on Debian's Podman.
//!
//! Everything happens in namespaces of its own (network, mounts, processes): what Podman and Berth tell the
//! firewall, and every container, is gone with the last process, however that ends, and an engine that runs
//! beside it notices nothing. Only the packages stay.
//!
//! # Invariants
//!
//! * No configuration of the machine is changed: Podman gets its own by the environment.
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
const ROOM: &str = "/var/tmp/berth-podman";
/// The tests, as arguments of `cargo test` before and after `--`.
const SUITES: [(&[&str], &[&str]); 2] = [
    (&["-p", "berth-runtime-docker", "--test", "engine"], &["--test-threads=1"]),
    (&["-p", "berth", "--test", "stack"], &["whole", "no_tenant", "neither_each_other"]),
];

/// Prepares everything that needs the machine's network, then runs the tests in namespaces.
pub(crate) fn run(yes: bool) -> Result<()> {
    if !process::is_root()? {
        bail!("namespaces and Podman's storage need root: run this as root");
    }
    apt::require(&PACKAGES, "the tests on Podman", yes)?;
    setup::run(yes)?;
    progress::say("building the tests");
    for (before, _) in SUITES {
        cargo(&[&["test", "--no-run"], before].concat()).run()?;
    }
    remove(Path::new(ROOM))?;
    std::fs::create_dir(ROOM).with_context(|| format!("create {ROOM}"))?;
    let program = environment::program()?;
    let namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
    let inside = Tool::new("unshare").args(namespaces).arg(text(&program)?);
    let ran = inside.args(["podman", "--inside"]).directory(workspace::root()).run();
    remove(Path::new(ROOM))?;
    ran
}

/// The part that runs in the namespaces.
pub(crate) fn inside() -> Result<()> {
    let docker = Engine::find()?.context("the engine that has the images is down")?;
    let references = setup::images::ensure(&docker, true)?;
    Tool::new("ip").args(["link", "set", "lo", "up"]).run()?;
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
    for (before, after) in SUITES {
        let arguments = [&["test", "--offline"], before, &["--"], after].concat();
        progress::say(format!("cargo {}", arguments.join(" ")));
        cargo(&arguments).variable("BERTH_SETUP", text(&file)?).run()?;
    }
    refuse_leftovers(&service.engine)?;
    progress::say("the contract suite and the story passed on Podman; nothing is left of them");
    Ok(())
}

fn refuse_leftovers(engine: &Engine) -> Result<()> {
    for kind in Kind::ALL {
        let left = engine.labelled(kind, "berth.home")?;
        if !left.is_empty() {
            bail!("{} {} of the tests are still there", left.len(), kind.plural());
        }
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Tool {
    Tool::new("cargo").args(arguments.iter().copied()).directory(workspace::root())
}

fn remove(room: &Path) -> Result<()> {
    Tool::new("rm").args(["-rf", "--one-file-system", text(room)?]).run()
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
