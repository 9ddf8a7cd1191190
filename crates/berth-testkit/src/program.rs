//! A program that never outlives the test process.
//!
//! The kernel ends it (prctl(2), `PR_SET_PDEATHSIG`) when the thread that started it ends, so each has
//! a keeper: a thread of its own that waits for it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};

/// A running program. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    pid: Pid,
    status: Arc<Mutex<Option<ExitStatus>>>,
    keeper: Option<JoinHandle<()>>,
}

/// What the keeper hands back: the child's id and its captured standard output, if it is piped.
type Started = io::Result<(Pid, Option<std::process::ChildStdout>)>;

/// A command whose program the kernel ends together with the thread that starts it.
#[expect(clippy::disallowed_methods, reason = "the programs that tests are about")]
pub(crate) fn bound(argv: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]);
    command.args(argv.into_iter().map(|argument| OsString::from(argument.as_ref())));
    command
}

/// Runs a program to its end.
#[expect(clippy::disallowed_methods, reason = "what tests are prepared with")]
pub(crate) fn run(program: &str, arguments: &[&str]) -> io::Result<()> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{program} {}: {}", arguments.join(" "), said.trim())))
}

impl Program {
    /// Starts a command that [`bound`] made. Returns its standard output when that is a pipe.
    pub(crate) fn start(
        mut command: Command,
    ) -> io::Result<(Self, Option<std::process::ChildStdout>)> {
        let (started, start) = mpsc::sync_channel::<Started>(1);
        let status = Arc::new(Mutex::new(None));
        let note = Arc::clone(&status);
        let keeper = std::thread::spawn(move || match command.spawn() {
            Ok(child) => keep(child, &started, &note),
            Err(error) => drop(started.send(Err(error))),
        });
        let (pid, output) = start.recv().expect("the keeper says how it went before it ends")?;
        Ok((Self { pid, status, keeper: Some(keeper) }, output))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// How it ended; `None` while it runs.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if self.ended().is_none() {
            // It may end between the question and the signal.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Kills it and returns when it is gone.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

fn keep(mut child: Child, started: &mpsc::SyncSender<Started>, note: &Mutex<Option<ExitStatus>>) {
    let _ = started.send(Ok((Pid::from_child(&child), child.stdout.take())));
    let ended = child.wait().ok();
    *note.lock().unwrap_or_else(PoisonError::into_inner) = ended;
}
