//! Servers that the benchmark starts, and what they use of the processor.

use std::fs::read_to_string;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{WORKERS, program};
use crate::bench::taken::{self, Used};
use crate::process::{Tool, last_lines_of};
use crate::progress;

const START: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A running server. It is stopped when it is dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    child: Child,
}

impl Server {
    /// The server that stands behind the others.
    pub(super) fn upstream(directory: &Path, name: &str) -> Result<Self> {
        Self::saying_its_address(directory, name, &["upstream", "--name", name])
    }

    pub(super) fn edge(directory: &Path, routes: u32, upstream: SocketAddr) -> Result<Self> {
        let log = directory.join("edge-access.log");
        let log = log.to_str().context("the directory's path is not UTF-8")?;
        let (routes, upstream) = (routes.to_string(), upstream.to_string());
        let workers = WORKERS.to_string();
        let arguments = ["edge", "--routes", &routes, "--upstream", &upstream];
        let more = ["--access-log", log, "--workers", &workers];
        Self::saying_its_address(directory, "edge", &[&arguments[..], &more].concat())
    }

    /// Starts a part of our program, which writes its address into its log.
    fn saying_its_address(directory: &Path, name: &str, arguments: &[&str]) -> Result<Self> {
        let log = directory.join(format!("{name}.log"));
        let child = start(&program()?, arguments, &log)?;
        let mut server = Self { address: SocketAddr::from(([127, 0, 0, 1], 0)), child };
        let said = || read_to_string(&log).ok()?.lines().next()?.parse().ok();
        server.address = server.wait(&log, said)?;
        Ok(server)
    }

    /// Starts a server that listens where it was told.
    pub(super) fn at(
        address: SocketAddr,
        log: &Path,
        (name, arguments): (&str, &[&str]),
    ) -> Result<Self> {
        let mut server = Self { address, child: start(name, arguments, log)? };
        let listens = || std::net::TcpStream::connect(address).ok().map(drop);
        server.wait(log, listens)?;
        Ok(server)
    }

    fn wait<T>(&mut self, log: &Path, ready: impl Fn() -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + START;
        loop {
            if let Some(value) = ready() {
                return Ok(value);
            }
            let ended = self.child.try_wait().context("watch a server")?;
            if ended.is_some() || Instant::now() > deadline {
                progress::detail(&last_lines_of(log));
                bail!("a server does not come up; the end of its log is above");
            }
            std::thread::sleep(POLL);
        }
    }

    /// Sends a signal to the first of its processes.
    pub(super) fn signal(&self, name: &str) -> Result<()> {
        let process = self.child.id().to_string();
        Tool::new("kill").args(["-s", name, process.as_str()]).output().map(drop)
    }

    /// The time on processors that it has used so far, with the processes that it started.
    pub(super) fn used(&self) -> Result<Used> {
        let own = self.child.id();
        let children = format!("/proc/{own}/task/{own}/children");
        let children = read_to_string(&children).context("list the processes of a server")?;
        let mut total = taken::used(own)?;
        for process in children.split_whitespace() {
            let used = taken::used(process.parse().context("a process has a number")?)?;
            total.user += used.user;
            total.system += used.system;
        }
        Ok(total)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx's first process ends the others when it is asked to, and not when it is killed.
        if self.signal("TERM").is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn start(program: &str, arguments: &[&str], log: &Path) -> Result<Child> {
    // It ends with us, however we end.
    let guarded = Tool::new("setpriv").args(["--pdeathsig", "TERM", "--", program]);
    guarded.args(arguments.iter().copied()).detached(log)
}
