//! A container engine of its own, beside the one that set-up found: it may be restarted, killed, and its
//! disk filled.
//!
//! # Invariants
//!
//! * Nothing of it is shared with another engine but the kernel: own data, own state, own socket. It makes
//!   no rules for packets, so it needs nobody's.
//! * It ends with the test process. Containers that a killed one left are removed before it is used again.
//! * Its data are kept from run to run, because images take most of a minute to copy, and nothing else of
//!   them is.

mod bridge;
mod images;

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::disk::{Disk, unmount_all};
use crate::engine::Engine;
use crate::http::{Place, request, send};
use crate::program::{Program, bound};
use crate::setup::{self, Setup};
use crate::wait;
use bridge::Bridge;

/// A restart waits for containers that an earlier one left.
const START: Duration = Duration::from_mins(2);
const STOP: Duration = Duration::from_mins(1);
/// Room for the images three times over; the file is as large as what is in it.
const DISK: u64 = 8 << 30;

/// How the engine goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is asked to, and tidies up.
    Asked,
    /// As if memory were short.
    Killed,
}

/// An engine that belongs to the test.
#[derive(Debug)]
pub struct Daemon {
    process: Mutex<Option<Program>>,
    /// Whether containers outlive it.
    live_restore: Mutex<bool>,
    folder: PathBuf,
    disk: Option<Disk>,
    bridge: Bridge,
    _lock: File,
}

impl Daemon {
    /// Starts it with the images that set-up made, in which nothing else is.
    ///
    /// # Panics
    ///
    /// Without root, without `dockerd`, or when it does not come up.
    pub async fn start() -> Self {
        assert!(rustix::process::geteuid().is_root(), "an engine of its own needs root");
        let folder = folder();
        fs::create_dir_all(&folder).expect("a folder for an engine can be made");
        let lock = File::create(folder.join("lock")).expect("the folder can be written");
        lock.lock().expect("the lock of the engine can be waited for");
        let disk = folder.join("disk");
        // The engine mounts its data over themselves.
        unmount_all(&disk.join("data"));
        let image = setup::target().join("berth-daemon.img");
        let disk = Disk::mount(&image, DISK, &disk).expect("a disk can be mounted");
        let daemon = Self {
            process: Mutex::default(),
            live_restore: Mutex::new(true),
            folder,
            disk: Some(disk),
            bridge: Bridge::make().expect("`ip` (iproute2) can make a bridge"),
            _lock: lock,
        };
        daemon.up().await;
        // Containers first: an image that one was made of cannot be removed.
        daemon.engine().remove_everything().await;
        images::copy(&Setup::read(), &daemon.socket()).await;
        daemon
    }

    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.join("s")
    }

    #[must_use]
    pub fn engine(&self) -> Engine {
        Engine::new(self.socket())
    }

    /// A folder that is its own, with a short path.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The disk on which it keeps images and containers.
    ///
    /// # Panics
    ///
    /// Never: the disk goes with the engine.
    #[must_use]
    pub fn disk(&self) -> &Disk {
        self.disk.as_ref().expect("the disk goes last")
    }

    /// Whether containers run on while it is away, from its next start on (`--live-restore`).
    pub fn keep_containers(&self, keep: bool) {
        *self.live_restore.lock().unwrap_or_else(PoisonError::into_inner) = keep;
    }

    pub(crate) fn is_up(&self) -> bool {
        self.process().as_ref().is_some_and(|process| process.ended().is_none())
    }

    /// Ends it, and returns when it is gone.
    pub async fn down(&self, how: End) {
        if let (Some(process), End::Asked) = (&*self.process(), how) {
            process.signal(Signal::TERM);
        }
        if how == End::Asked {
            wait::until(STOP, async || {
                self.process().as_ref().is_none_or(|process| process.ended().is_some())
            })
            .await;
        }
        drop(self.process().take());
        self.containerd_ends().await;
    }

    /// Waits for the containerd that the engine had started: it dies with it, and the next engine would
    /// take one that is about to for one that serves.
    async fn containerd_ends(&self) {
        let pid = fs::read_to_string(self.folder.join("run/containerd/containerd.pid"));
        let Ok(pid) = pid.map(|pid| pid.trim().to_owned()) else { return };
        // Another process may have its number by now.
        let name = Path::new("/proc").join(pid).join("comm");
        let is_there = || fs::read_to_string(&name).is_ok_and(|name| name.trim() == "containerd");
        wait::until(STOP, async || !is_there()).await;
    }

    /// Starts it again, and returns when it answers.
    ///
    /// # Panics
    ///
    /// When it does not come up. The end of its log is shown.
    pub async fn up(&self) {
        // Written by a process that may be gone, and believed by the next.
        let _ = fs::remove_file(self.folder.join("pid"));
        let log = File::create(self.folder.join("log")).expect("the folder can be written");
        let errors = log.try_clone().expect("a file can be opened twice");
        let mut command = bound(self.argv());
        command.stdin(Stdio::null()).stdout(log).stderr(errors).current_dir("/");
        // An interrupt from the keyboard is for the trial, which needs the engine to tidy up.
        command.process_group(0);
        let (process, _) = Program::start(command).expect("`dockerd` can be started");
        *self.process() = Some(process);
        wait::until(START, async || {
            let ended = self.process().as_ref().and_then(Program::ended);
            assert_eq!(ended, None, "dockerd ended at once:\n{}", self.last_words());
            let ping = request("GET", "/_ping", &Value::Null);
            let answer = send(&Place::Socket(self.socket()), ping, Duration::from_secs(5)).await;
            answer.is_ok_and(|answer| answer.status == 200)
        })
        .await;
    }

    fn argv(&self) -> Vec<String> {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let disk = self.disk().path().join("data").display().to_string();
        let mut argv = vec!["dockerd".to_owned()];
        for (option, value) in [
            ("data-root", disk),
            ("exec-root", path("run")),
            ("pidfile", path("pid")),
            ("host", format!("unix://{}", path("s"))),
            // A bridge of its own: told to have none, it would take that of the other engine away. And
            // no rules: those belong to the other engine, too.
            ("bridge", self.bridge.name().to_owned()),
            ("iptables", "false".to_owned()),
            ("ip-masq", "false".to_owned()),
            ("ip-forward", "false".to_owned()),
        ] {
            argv.push(format!("--{option}={value}"));
        }
        let keep = *self.live_restore.lock().unwrap_or_else(PoisonError::into_inner);
        argv.push(format!("--live-restore={keep}"));
        argv
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    fn process(&self) -> MutexGuard<'_, Option<Program>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Containers outlive it, so they go while somebody can be asked to remove them.
        let cleared = std::thread::scope(|scope| scope.spawn(|| self.clear_blocking()).join());
        // A second panic while one is on its way would end the process; the next start removes them.
        let _ = cleared;
        drop(self.process().take());
        unmount_all(&self.disk().path().join("data"));
        drop(self.disk.take());
    }
}

impl Daemon {
    fn clear_blocking(&self) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            self.disk().clear()?;
            if self.process().is_none() {
                self.up().await;
            }
            self.engine().remove_everything().await;
            self.down(End::Asked).await;
            Ok(())
        })
    }
}

/// Short, because sockets are in it, and the same for every run of one checkout, so that the next run
/// finds what a killed one left.
fn folder() -> PathBuf {
    let target = setup::target();
    let target = target.canonicalize().unwrap_or(target);
    let hash =
        target.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
    Path::new("/var/tmp").join(format!("btd-{hash:08x}"))
}
