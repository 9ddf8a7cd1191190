//! What the process is told from outside.

use anyhow::Context as _;
use tokio::signal::unix::{Signal as Source, SignalKind, signal};

/// Every signal that means something. The others do what they do by themselves: a hangup ends a server
/// that was started in a terminal, and is ignored under `nohup`.
#[derive(Debug)]
pub(super) struct Signals {
    terminate: Source,
    interrupt: Source,
    upgrade: Source,
}

/// What one of them means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// End politely. The name is for the log.
    Stop(&'static str),
    /// Let a new process take over.
    Upgrade,
}

impl Signals {
    /// From here on they are heard instead of ending the process.
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("listen for SIGINT")?,
            upgrade: signal(SignalKind::user_defined2()).context("listen for SIGUSR2")?,
        })
    }

    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Stop("SIGTERM"),
            _ = self.interrupt.recv() => Signal::Stop("SIGINT"),
            _ = self.upgrade.recv() => Signal::Upgrade,
        }
    }

    /// Waits for one that ends the process; others are passed over.
    pub(super) async fn stop(&mut self) -> &'static str {
        loop {
            if let Signal::Stop(name) = self.next().await {
                return name;
            }
        }
    }
}
