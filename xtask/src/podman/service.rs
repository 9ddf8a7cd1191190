//! Podman's Docker API, served for as long as this value lives.
//!
//! # Invariants
//!
//! * Storage, state, networks and configuration are below one folder that is given.
//! * Nothing is started by a shell; images come in through a pipe.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::text;
use crate::engine::Engine;
use crate::process::{self, Tool};

const DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);
/// Where Podman and netavark keep state that no option moves.
const STATE: [&str; 2] = ["/run/containers", "/run/netns"];

/// Limits and runtime are those that also hold where root has no `CAP_SYS_RESOURCE` and the kernel has
/// cgroups of version 1.
const CONFIGURATION: &str = r#"[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"

[network]
network_backend = "netavark"
"#;
/// The tests fetch an image from a registry on the loopback, which has no certificate.
const REGISTRIES: &str = "[[registry]]\nlocation = \"127.0.0.1\"\ninsecure = true\n";

/// A running service.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) engine: Engine,
    room: PathBuf,
    process: Child,
}

impl Service {
    pub(super) fn start(room: &Path) -> Result<Self> {
        for folder in STATE {
            std::fs::create_dir_all(folder).with_context(|| format!("create {folder}"))?;
            // Seen only in this mount namespace.
            Tool::new("mount").args(["-t", "tmpfs", "tmpfs", folder]).run()?;
        }
        let networks = room.join("networks");
        let configuration =
            format!("{CONFIGURATION}network_config_dir = \"{}\"\n", text(&networks)?);
        std::fs::write(room.join("containers.conf"), configuration).context("configure Podman")?;
        std::fs::write(room.join("registries.conf"), REGISTRIES).context("configure Podman")?;
        let socket = room.join("podman.sock");
        let host = format!("unix://{}", socket.display());
        let log = room.join("podman.log");
        let service = podman(room)?.args(["system", "service", "--time=0", &host]);
        let process = service.detached(&log)?;
        let mut service = Self { engine: Engine::at(socket), room: room.to_owned(), process };
        service.wait(&log)?;
        Ok(service)
    }

    fn wait(&mut self, log: &Path) -> Result<()> {
        let deadline = Instant::now() + DEADLINE;
        while !self.engine.answers() {
            let ended = self.process.try_wait().context("watch Podman")?;
            if ended.is_some() || Instant::now() > deadline {
                crate::progress::detail(&process::last_lines_of(log));
                bail!("Podman does not come up; the end of its log is above");
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Takes an image over from another engine; returns what it is called by its content here.
    pub(super) fn take(&self, from: &Engine, reference: &str) -> Result<String> {
        let load = podman(&self.room)?.args(["load", "--quiet"]);
        from.export(reference, |archive| load.fed(archive))
            .with_context(|| format!("move the image {reference}"))?;
        let there = self.engine.image(reference)?;
        Ok(there.with_context(|| format!("Podman does not have {reference}"))?.id)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn podman(room: &Path) -> Result<Tool> {
    let folder = |name: &str| text(&room.join(name)).map(str::to_owned);
    Ok(Tool::new("podman")
        .args(["--storage-driver", "overlay"])
        .args(["--root".to_owned(), folder("storage")?])
        .args(["--runroot".to_owned(), folder("run")?])
        .args(["--tmpdir".to_owned(), folder("tmp")?])
        .variable("CONTAINERS_CONF", folder("containers.conf")?)
        .variable("CONTAINERS_REGISTRIES_CONF", folder("registries.conf")?))
}
