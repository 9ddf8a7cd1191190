//! The side of the process that gives.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use command_fds::{CommandFdExt as _, FdMapping};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

use super::{FAILED, GO, OURS, PATIENCE, READY, SERVING, TAKING};
use crate::serve::sockets::{API, CONSOLE, EDGE, HANDOVER};

/// The first descriptor that is handed over (`sd_listen_fds(3)`).
const FIRST: i32 = 3;

/// The sockets on which a process listens.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) edge: OwnedFd,
    pub(crate) api: OwnedFd,
    /// `None`: it does not listen over TCP.
    pub(crate) console: Option<OwnedFd>,
}

/// How this process was started, and how the next one will be.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
}

/// What stays with the giver until the taker serves.
#[derive(Debug)]
pub(crate) struct Giver {
    child: Unproven,
    line: BufReader<UnixStream>,
}

/// A process that is killed unless it proves itself.
#[derive(Debug)]
struct Unproven(Option<Child>);

impl Program {
    /// Notes how this process was started: by the path that was typed, which may lead to a newer file
    /// later, as a link or after a package was updated.
    pub(crate) fn of_process() -> anyhow::Result<Self> {
        let mut arguments = std::env::args_os();
        let typed = arguments.next().map(PathBuf::from);
        let path = match typed.filter(|path| path.components().count() > 1) {
            Some(path) => std::path::absolute(path).context("find this program")?,
            None => std::env::current_exe().context("find this program")?,
        };
        Ok(Self { path, arguments: arguments.collect() })
    }

    /// Starts the next process with these sockets.
    pub(crate) fn start(&self, listening: Listening) -> anyhow::Result<Giver> {
        let (ours, theirs) = StdStream::pair().context("make a line to the new process")?;
        ours.set_nonblocking(true).context("make a line to the new process")?;
        let line = UnixStream::from_std(ours).context("make a line to the new process")?;
        let Listening { edge, api, console } = listening;
        let mut handed = vec![(EDGE, edge), (API, api), (HANDOVER, theirs.into())];
        handed.extend(console.map(|console| (CONSOLE, console)));
        let (names, handed): (Vec<&str>, Vec<OwnedFd>) = handed.into_iter().unzip();
        let mapped = (FIRST..).zip(handed);
        let mapped = mapped.map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd });
        #[expect(
            clippy::disallowed_methods,
            reason = "the one program that Berth starts is itself"
        )]
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .env("LISTEN_FDS", names.len().to_string())
            .env("LISTEN_FDNAMES", names.join(":"))
            // They name this process. Without them whoever was given the sockets is meant.
            .env_remove("LISTEN_PID")
            .env_remove("LISTEN_PIDFDID")
            .env_remove("WATCHDOG_PID")
            .stdin(Stdio::null());
        command.fd_mappings(mapped.collect()).context("hand the sockets over")?;
        let started = command.spawn();
        let child = started.with_context(|| format!("cannot start `{}`", self.path.display()))?;
        Ok(Giver { child: Unproven(Some(child)), line: BufReader::new(line) })
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }
}

impl Giver {
    /// Waits until the new process has looked around and is ready to take over.
    pub(crate) async fn ready(&mut self) -> anyhow::Result<()> {
        self.hear(READY, PATIENCE).await
    }

    /// Lets it take over, and waits until it serves. Returns its process id.
    ///
    /// Only for whoever holds no lock any more. `is_ours`: the socket of the API is to be removed in
    /// the end.
    pub(crate) async fn go(mut self, is_ours: bool) -> anyhow::Result<u32> {
        let word = format!("{GO}{}\n", if is_ours { OURS } else { "" });
        self.line.get_mut().write_all(word.as_bytes()).await.context("tell the new process")?;
        self.hear(SERVING, TAKING).await?;
        let child = self.child.0.take().context("the new process is gone")?;
        child.id().context("the new process ended at once")
    }

    async fn hear(&mut self, word: &str, patience: Duration) -> anyhow::Result<()> {
        let mut line = String::new();
        let heard = tokio::time::timeout(patience, self.line.read_line(&mut line)).await;
        let Ok(heard) = heard else {
            anyhow::bail!("the new process was not {word} within {} s", patience.as_secs());
        };
        heard.context("listen to the new process")?;
        let line = line.trim_end();
        if line == word {
            return Ok(());
        }
        match line.strip_prefix(FAILED) {
            Some(why) => anyhow::bail!("the new process says: {why}"),
            None => self.explain(word).await,
        }
    }

    /// The line went dead.
    async fn explain(&mut self, word: &str) -> anyhow::Result<()> {
        let Some(child) = &mut self.child.0 else { anyhow::bail!("the new process is gone") };
        match tokio::time::timeout(PATIENCE, child.wait()).await {
            Ok(Ok(status)) => anyhow::bail!(
                "the new process ended before it was {word} ({status}): the log has its last lines"
            ),
            _ => anyhow::bail!("the new process says nothing any more"),
        }
    }
}

impl Drop for Unproven {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may have ended already; the runtime reaps it.
            let _ = child.start_kill();
        }
    }
}
