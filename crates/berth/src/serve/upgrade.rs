//! Letting a new process take over, or going on as before.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use berth_web::ApiSocket;
use tokio::sync::watch;

use super::handover::{Listening, Program};
use super::home::Home;
use super::role::Wish;

/// How long the work at hand may take to stop.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is needed for it.
#[derive(Debug)]
pub(super) struct Upgrade {
    pub(super) program: Program,
    pub(super) edge: OwnedFd,
    /// `None`: the console is off.
    pub(super) console: Option<OwnedFd>,
    /// Whether clients are let into the API.
    pub(super) door: watch::Sender<bool>,
    pub(super) wish: watch::Sender<Wish>,
    pub(super) has_left: watch::Receiver<bool>,
    pub(super) home: Home,
}

/// Where the reason stands why the last attempt failed. There is no such file when it did not.
pub(crate) fn failure_note(home: &Path) -> PathBuf {
    home.join("upgrade-failed")
}

impl Upgrade {
    /// Returns the new process. `None`: it did not work, and this one goes on.
    pub(super) async fn attempt(&mut self, api: &ApiSocket) -> Option<u32> {
        // Whoever asks looks for it, and one of an earlier attempt would mislead.
        let _ = std::fs::remove_file(failure_note(self.home.folder()));
        tracing::info!(program = %self.program.path().display(), "starting the process that is to take over");
        match self.hand_over(api).await {
            Ok(pid) => Some(pid),
            Err(error) => {
                self.wish.send_replace(Wish::Lead);
                self.door.send_replace(true);
                let error = format!("{error:#}");
                tracing::error!(%error, "nobody took over; this process goes on");
                if let Err(error) = self.note(&error) {
                    tracing::warn!(%error, "cannot note why nobody took over");
                }
                None
            }
        }
    }

    async fn hand_over(&mut self, api: &ApiSocket) -> anyhow::Result<u32> {
        let edge = self.edge.try_clone().context("hand the edge over")?;
        let console = self.console.as_ref().map(OwnedFd::try_clone).transpose();
        let console = console.context("hand the console over")?;
        let api_socket = api.socket().context("hand the API over")?;
        let mut giver = self.program.start(Listening { edge, api: api_socket, console })?;
        giver.ready().await?;
        self.door.send_replace(false);
        self.wish.send_replace(Wish::Leave);
        let left = tokio::time::timeout(PATIENCE, self.has_left.wait_for(|left| *left)).await;
        left.context("what is at work does not stop")?.context("nothing drives any more")?;
        giver.go(api.is_ours()).await
    }

    /// Written beside and renamed, so that nobody reads half of it.
    fn note(&self, why: &str) -> std::io::Result<()> {
        let note = failure_note(self.home.folder());
        let part = note.with_extension("part");
        std::fs::write(&part, why)?;
        std::fs::rename(&part, &note)
    }
}
