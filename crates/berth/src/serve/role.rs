//! Driving while this process may, standing by while it may not.
//!
//! # Invariants
//!
//! * Nothing is driven without the right to, and nothing is at work any more when it is given back.

use std::time::Duration;

use berth_engine::{Engine, Epoch};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::lead::Lead;

/// How long to wait after an epoch could not begin.
const AGAIN: Duration = Duration::from_secs(3);

/// What the rest of the process wants of the part that drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Drive, or stand by until that is possible.
    Lead,
    /// Leave the right to drive to somebody else.
    Leave,
}

/// The part of the process that drives.
#[derive(Debug)]
pub(super) struct Driving {
    pub(super) engine: Engine,
    pub(super) lead: Lead,
    pub(super) wish: watch::Receiver<Wish>,
    /// Told true once the right was left as wished.
    pub(super) left: watch::Sender<bool>,
}

impl Driving {
    /// Runs until `stop`. `epoch`: the right is ours, and this epoch was begun with it.
    pub(super) async fn run(mut self, mut epoch: Option<Epoch>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Some(epoch) = epoch.take() {
                self.drive(epoch, &stop).await;
                self.lead.release().await;
            } else if *self.wish.borrow_and_update() == Wish::Leave {
                self.left.send_replace(true);
                self.stay_away(&stop).await;
                self.left.send_replace(false);
            } else {
                epoch = self.stand_by(&stop).await;
                if epoch.is_none() {
                    // It may have come just now, when nobody wanted it any more.
                    self.lead.release().await;
                }
            }
        }
        self.lead.release().await;
    }

    /// Drives until told otherwise, or until the right is lost.
    async fn drive(&mut self, epoch: Epoch, stop: &CancellationToken) {
        let Self { engine, lead, wish, .. } = self;
        let halt = stop.child_token();
        let over = async {
            tokio::select! {
                why = lead.lost() => tracing::error!("{why}: this process stops driving"),
                () = leave(wish) => {}
                () = halt.cancelled() => {}
            }
            halt.cancel();
        };
        let drive = async {
            engine.drive(epoch, &halt).await;
            // It ends by itself when a newer epoch began.
            halt.cancel();
        };
        tokio::join!(over, drive);
    }

    /// Waits for the right. `None`: something else is wanted.
    async fn stand_by(&mut self, stop: &CancellationToken) -> Option<Epoch> {
        let Self { engine, lead, wish, .. } = self;
        let candidate = async {
            let mut said = String::new();
            loop {
                lead.acquire().await;
                let error = match engine.begin().await {
                    Ok(epoch) => return epoch,
                    Err(error) => format!("{:#}", anyhow::Error::new(error)),
                };
                // Somebody else may be able to.
                lead.release().await;
                if said != error {
                    tracing::error!(%error, "cannot drive");
                    said = error;
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        let given_up = async {
            tokio::select! {
                () = leave(wish) => {}
                () = stop.cancelled() => {}
            }
        };
        tokio::select! {
            epoch = candidate => Some(epoch),
            () = given_up => None,
            () = engine.stand_by() => None,
        }
    }

    async fn stay_away(&mut self, stop: &CancellationToken) {
        let Self { engine, wish, .. } = self;
        let wanted_again = async {
            let wished = wish.wait_for(|wish| *wish == Wish::Lead).await.is_ok();
            if !wished {
                // Nobody can wish for anything any more: the process ends.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = wanted_again => {}
            () = stop.cancelled() => {}
            () = engine.stand_by() => {}
        }
    }
}

/// Returns when the right is to be left to somebody else.
async fn leave(wish: &mut watch::Receiver<Wish>) {
    if wish.wait_for(|wish| *wish == Wish::Leave).await.is_err() {
        std::future::pending::<()>().await;
    }
}
