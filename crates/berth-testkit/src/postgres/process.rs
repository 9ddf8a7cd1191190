//! The server's process.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::ServerError;
use super::folder::Folder;
use super::tools::{Tools, run};

/// How long a server may take to come up on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);
/// Another process may take the port between our choice and the server's start.
const PORTS: usize = 5;

#[derive(Debug)]
pub(super) struct Process {
    pid: Pid,
    port: u16,
    /// The thread that started the server and waits for its end. The server dies with it.
    keeper: Option<JoinHandle<()>>,
}

impl Process {
    pub(super) fn start(tools: &Tools, folder: &Folder) -> Result<Self, ServerError> {
        for _ in 0..PORTS {
            let port = free_port().map_err(ServerError::Folder)?;
            let process = Self::spawn(server(tools, folder, port)?, port)?;
            if process.is_up(tools, folder) {
                return Ok(process);
            }
        }
        let log = fs::read_to_string(folder.log()).unwrap_or_default();
        Err(ServerError::NotUp { log })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Spawns on a thread of its own. A test's thread ends with its test, and the server would be
    /// killed with it while other tests still use it.
    fn spawn(mut command: Command, port: u16) -> Result<Self, ServerError> {
        let (started, start) = mpsc::sync_channel(1);
        let keeper = thread::spawn(move || match command.spawn() {
            Ok(child) => keep(child, &started),
            Err(error) => drop(started.send(Err(error))),
        });
        let pid = start.recv().expect("the keeper says how it went before it ends");
        let run = |source| ServerError::Run { program: "postgres".to_owned(), source };
        let pid = pid.map_err(run)?;
        Ok(Self { pid, port, keeper: Some(keeper) })
    }

    /// Waits until the server takes connections. False when it ended instead, or takes too long.
    fn is_up(&self, tools: &Tools, folder: &Folder) -> bool {
        let end = Instant::now() + DEADLINE;
        while Instant::now() < end && self.is_running() {
            let mut ready = tools.as_user("pg_isready");
            ready.arg("--quiet").arg("--host").arg(folder.path());
            ready.arg("--port").arg(self.port.to_string());
            if run("pg_isready", ready).is_ok() {
                return true;
            }
            thread::sleep(PAUSE);
        }
        false
    }

    fn is_running(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| !keeper.is_finished())
    }
}

impl Drop for Process {
    /// Stops the server at once, without a checkpoint: nobody starts it again.
    fn drop(&mut self) {
        if self.is_running() {
            let _ = kill_process(self.pid, Signal::QUIT);
        }
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

fn keep(mut child: Child, started: &mpsc::SyncSender<std::io::Result<Pid>>) {
    let _ = started.send(Ok(Pid::from_child(&child)));
    let _ = child.wait();
}

fn server(tools: &Tools, folder: &Folder, port: u16) -> Result<Command, ServerError> {
    let log = File::create(folder.log()).map_err(ServerError::Folder)?;
    let errors = log.try_clone().map_err(ServerError::Folder)?;
    let mut command = tools.bound_to_thread("postgres");
    command.arg("-D").arg(folder.data()).arg("-k").arg(folder.path());
    command.arg("-p").arg(port.to_string());
    for setting in [
        "listen_addresses=127.0.0.1",
        "max_connections=200",
        "shared_buffers=32MB",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        // The log is in memory as well, so little of it is kept.
        "min_wal_size=32MB",
        "max_wal_size=128MB",
    ] {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null()).stdout(log).stderr(errors);
    Ok(command)
}

fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
