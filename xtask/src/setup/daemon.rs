//! Bringing up an engine where none answers.
//!
//! # Invariants
//!
//! * What an earlier boot left in `/run` is believed only when a live process
//!   stands behind it: pid files and sockets of dead daemons are removed.
//! * A daemon that does not come up explains itself by the end of its log.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::apt;
use super::host::{Family, family};
use crate::engine::Engine;
use crate::process::{self, Tool};
use crate::progress;

const LOG: &str = "/var/log/berth-dockerd.log";
pub(crate) const PID_FILE: &str = "/var/run/docker.pid";
const DEADLINE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(100);

/// Pid files that make a daemon refuse to start, and the process each may name.
const PID_FILES: [(&str, &str); 2] =
    [(PID_FILE, "dockerd"), ("/var/run/docker/containerd/containerd.pid", "containerd")];

/// Sockets whose mere existence makes `dockerd` wait for whoever made them.
const SOCKETS: [&str; 2] =
    ["/run/containerd/containerd.sock", "/var/run/docker/containerd/containerd.sock"];

/// Installs an engine if none is installed, starts it, and waits for it.
pub(crate) fn bring_up(yes: bool) -> Result<Engine> {
    let engine = Engine::local();
    refuse_without_permission(&engine)?;
    if process::find("dockerd").is_none() || process::find("iptables").is_none() {
        if family() == Family::Unknown {
            bail!(
                "no container engine answers on {} and this is neither Debian nor Ubuntu: install \
                 Docker Engine 20.10 or newer (or Podman 4.3 with its socket), start it, and set \
                 DOCKER_HOST=unix:///path/to/socket if the socket is elsewhere",
                engine.socket().display()
            );
        }
        apt::require(&["docker.io", "iptables"], "a container engine", yes)?;
    }
    if engine.answers() {
        // The package's own start script may have been allowed to run.
        return Ok(engine);
    }
    if Path::new("/run/systemd/system").is_dir() {
        start_by_systemd(&engine)?;
    } else {
        start_detached(&engine)?;
    }
    refuse_without_permission(&engine)?;
    Ok(engine)
}

/// A live socket that may not be opened would otherwise look like a missing engine.
fn refuse_without_permission(engine: &Engine) -> Result<()> {
    let Err(error) = UnixStream::connect(engine.socket()) else { return Ok(()) };
    if error.kind() == std::io::ErrorKind::PermissionDenied {
        bail!(
            "the engine's socket {} may not be opened by this user: add the user to the group \
             `docker` (sudo usermod -aG docker NAME), log in again, then try again",
            engine.socket().display()
        );
    }
    Ok(())
}

fn start_by_systemd(engine: &Engine) -> Result<()> {
    progress::say("starting the container engine: systemctl start docker");
    Tool::new("systemctl").args(["start", "docker"]).with_root()?.run()?;
    let deadline = Instant::now() + DEADLINE;
    // A socket that refuses this user is up as far as systemd is concerned.
    while UnixStream::connect(engine.socket())
        .is_err_and(|e| e.kind() != std::io::ErrorKind::PermissionDenied)
    {
        if Instant::now() > deadline {
            bail!("the container engine does not answer: see `journalctl -u docker`");
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn start_detached(engine: &Engine) -> Result<()> {
    remove_stale_state()?;
    progress::say(format!("starting the container engine: dockerd, log in {LOG}"));
    if !process::is_root()? {
        // Asks for the password now: a detached process could not.
        Tool::new("sudo").arg("--validate").run()?;
    }
    let log = Path::new(LOG);
    let started = Instant::now();
    let mut daemon = Tool::new("dockerd").with_root()?.detached(log)?;
    while !engine.answers() {
        let ended = daemon.try_wait().context("watch dockerd")?;
        if let Some(status) = ended {
            progress::detail(&process::last_lines_of(log));
            bail!("dockerd ended at once ({status}); its log is above and in {LOG}");
        }
        if started.elapsed() > DEADLINE {
            progress::detail(&process::last_lines_of(log));
            bail!("dockerd does not answer after {}; see {LOG}", progress::human(DEADLINE));
        }
        std::thread::sleep(POLL);
    }
    progress::say(format!(
        "the container engine answers after {}",
        progress::human(started.elapsed())
    ));
    Ok(())
}

fn remove_stale_state() -> Result<()> {
    for (file, name) in PID_FILES {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        if !is_alive(&text, name) {
            remove(file)?;
        }
    }
    for socket in SOCKETS {
        if Path::new(socket).exists() && UnixStream::connect(socket).is_err() {
            remove(socket)?;
        }
    }
    Ok(())
}

/// Whether the process in a pid file lives and is the daemon it should be.
fn is_alive(pid_file: &str, name: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid_file.trim()));
    stat.is_ok_and(|stat| runs(&stat, name))
}

/// Reads `pid (name) state ...`. A zombie is dead, although its directory in `/proc` remains.
fn runs(stat: &str, name: &str) -> bool {
    let parts = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'));
    parts.is_some_and(|(comm, rest)| comm == name && !rest.trim_start().starts_with(['Z', 'X']))
}

fn remove(path: &str) -> Result<()> {
    progress::say(format!("removing {path}, left by a daemon that is gone"));
    Tool::new("rm").args(["-f", path]).with_root()?.run()
}

/// Stops a daemon that [`bring_up`] started, and waits until it is gone.
pub(crate) fn stop() -> Result<()> {
    let pid = std::fs::read_to_string(PID_FILE).context("read the engine's pid file")?;
    if !is_alive(&pid, "dockerd") {
        return Ok(());
    }
    Tool::new("kill").args(["-TERM", pid.trim()]).with_root()?.run()?;
    let deadline = Instant::now() + DEADLINE;
    while is_alive(&pid, "dockerd") {
        if Instant::now() > deadline {
            bail!("dockerd (pid {}) does not stop; see {LOG}", pid.trim());
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_believed_only_for_the_right_program() {
        let own = std::process::id().to_string();
        let name = std::fs::read_to_string("/proc/self/comm").unwrap();

        assert!(is_alive(&own, name.trim()));
        assert!(!is_alive(&own, "dockerd"));
        assert!(!is_alive("not a number", "dockerd"));
    }

    #[test]
    fn a_zombie_is_not_alive() {
        assert!(runs("7 (dockerd) S 1 7", "dockerd"));
        assert!(!runs("7 (dockerd) Z 1 7", "dockerd"));
        assert!(!runs("7 (a) b) S 1 7", "b"));
    }
}
