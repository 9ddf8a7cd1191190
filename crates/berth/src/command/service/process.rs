//! The server's process, found by its id and held by a descriptor so that the id cannot change hands.

use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process that runs, or ran when it was found.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) pid: u32,
    descriptor: OwnedFd,
}

impl Process {
    /// Finds the server of a home by `serve.pid`. `None` when none runs.
    pub(super) fn find(home: &Path) -> anyhow::Result<Option<Self>> {
        let path = home.join("serve.pid");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
            }
        };
        let number: i32 = text
            .trim()
            .parse()
            .with_context(|| format!("cannot find a process id in `{}`", path.display()))?;
        let Some(pid) = Pid::from_raw(number).filter(|_| number > 0) else {
            return Ok(None);
        };
        let descriptor = match pidfd_open(pid, PidfdFlags::NONBLOCK) {
            Ok(descriptor) => descriptor,
            Err(Errno::SRCH) => return Ok(None),
            Err(error) => return Err(error).context("cannot look at the server's process"),
        };
        // Held now; is it still the server, or somebody who got its number afterwards?
        if !is_serving(number, home) {
            return Ok(None);
        }
        Ok(Some(Self { pid: number.unsigned_abs(), descriptor }))
    }

    /// Asks it to stop.
    pub(super) fn terminate(&self) -> anyhow::Result<()> {
        match pidfd_send_signal(&self.descriptor, Signal::TERM) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(error).context("cannot stop the server's process"),
        }
    }

    /// Asks it to let a new process take over.
    pub(super) fn upgrade(&self) -> anyhow::Result<()> {
        pidfd_send_signal(&self.descriptor, Signal::USR2).context("cannot ask the server's process")
    }

    /// Waits until it is gone, and says whether it is. Blocks the thread.
    pub(super) fn is_gone_within(&self, seconds: u32) -> anyhow::Result<bool> {
        let timeout = Timespec { tv_sec: seconds.into(), tv_nsec: 0 };
        // A pidfd becomes readable when its process ends (pidfd_open(2)).
        let mut waited = [PollFd::new(&self.descriptor, PollFlags::IN)];
        let ready =
            poll(&mut waited, Some(&timeout)).context("cannot wait for the server's process")?;
        Ok(ready > 0)
    }
}

/// Whether the process has the word `serve` among its arguments and the home's socket or database
/// open, which nobody else has.
fn is_serving(pid: i32, home: &Path) -> bool {
    let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let is_server = arguments.split(|byte| *byte == 0).any(|argument| argument == b"serve");
    let Ok(home) = home.canonicalize() else { return false };
    let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return is_server };
    let holds_home = descriptors
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .any(|target| target.starts_with(&home));
    is_server && holds_home
}
