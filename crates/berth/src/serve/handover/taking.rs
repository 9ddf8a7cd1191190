//! The side of the process that takes over.

use std::os::unix::net::UnixStream as StdStream;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::{FAILED, GO, OURS, PATIENCE, READY, SERVING};

/// The line to the process that is to be succeeded.
#[derive(Debug)]
pub(crate) struct Taker {
    from: BufReader<OwnedReadHalf>,
    to: OwnedWriteHalf,
}

impl Taker {
    pub(crate) fn new(stream: StdStream) -> anyhow::Result<Self> {
        let stream = stream.set_nonblocking(true).and_then(|()| UnixStream::from_std(stream));
        let (from, to) = stream.context("use the line to the earlier process")?.into_split();
        Ok(Self { from: BufReader::new(from), to })
    }

    /// Says that everything that could be looked at is right, and waits to be let. Returns whether
    /// the socket of the API is to be removed in the end.
    pub(crate) async fn ready(&mut self) -> anyhow::Result<bool> {
        self.say(READY).await?;
        let mut line = String::new();
        let told = tokio::time::timeout(PATIENCE * 2, self.from.read_line(&mut line)).await;
        told.context("the earlier process does not let go")?.context("listen to it")?;
        match line.trim_end().strip_prefix(GO) {
            Some(rest) => Ok(rest == OURS),
            None => anyhow::bail!("the earlier process keeps what it has"),
        }
    }

    /// Says that people are let in here now.
    pub(crate) async fn serving(mut self) -> anyhow::Result<()> {
        self.say(SERVING).await
    }

    /// Says why it did not work.
    pub(crate) async fn failed(&mut self, why: &anyhow::Error) {
        let why = format!("{why:#}").replace('\n', "; ");
        // It may be gone itself.
        let _ = self.say(&format!("{FAILED}{why}")).await;
    }

    async fn say(&mut self, line: &str) -> anyhow::Result<()> {
        self.to.write_all(format!("{line}\n").as_bytes()).await.context("tell the earlier process")
    }
}
