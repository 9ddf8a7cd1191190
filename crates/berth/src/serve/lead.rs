//! The right to drive: the lock of the home, and that of a control database which others may share.
//!
//! # Invariants
//!
//! * Both locks or none: whoever does not get the second gives the first back.
//! * A lock that cannot be read back counts as lost.

use std::time::Duration;

use berth_store::driving::{Claim, DrivingLock};
use berth_store::{Location, StoreError};

use super::home::{Home, HomeError, HomeLock};

/// How often somebody who waits tries again, and how often a driver looks at its locks.
const LOOK: Duration = Duration::from_millis(500);

/// A candidate, or the driver.
#[derive(Debug)]
pub(super) struct Lead {
    home: Home,
    lock: Option<HomeLock>,
    shared: DrivingLock,
}

/// Who drives instead.
#[derive(Debug)]
pub(super) enum Holder {
    /// Another process of this home.
    Process(HomeError),
    /// A process with the same control database, of this home or of another. `None`: it has just
    /// gone.
    Elsewhere(Option<String>),
}

/// Why nobody knows who drives.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeadError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error("cannot find out who drives the control database")]
    Store(#[from] StoreError),
}

impl Lead {
    pub(super) fn new(home: &Home, location: &Location) -> Self {
        let shared = DrivingLock::new(location, home.id());
        Self { home: home.clone(), lock: None, shared }
    }

    /// Whether other processes may stand by while this one drives.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_shared()
    }

    /// Takes the right if nobody has it. `None`: it is ours.
    pub(super) async fn try_take(&mut self) -> Result<Option<Holder>, LeadError> {
        // The lock of the home says in files who has it: it comes last, and rarely in vain.
        if let Claim::Held { home_id } = self.shared.try_take().await? {
            return Ok(Some(Holder::Elsewhere(home_id)));
        }
        match self.home.lock() {
            Ok(lock) => {
                self.lock = Some(lock);
                Ok(None)
            }
            Err(error) => {
                self.shared.release().await;
                match error {
                    held @ HomeError::Held { .. } => Ok(Some(Holder::Process(held))),
                    error => Err(error.into()),
                }
            }
        }
    }

    /// Waits until the right is ours.
    pub(super) async fn acquire(&mut self) {
        let mut failed = false;
        loop {
            match self.try_take().await {
                Ok(None) => return,
                Ok(Some(_)) => failed = false,
                Err(error) if !failed => {
                    failed = true;
                    let error = anyhow::Error::new(error);
                    tracing::warn!(error = %format!("{error:#}"), "cannot stand in for the driver now");
                }
                Err(_) => {}
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Returns when the right is lost, and says how.
    pub(super) async fn lost(&mut self) -> &'static str {
        loop {
            tokio::time::sleep(LOOK).await;
            if !self.lock.as_ref().is_some_and(HomeLock::is_valid) {
                return "the lock file of the home was replaced";
            }
            match self.shared.is_held().await {
                Ok(true) => {}
                Ok(false) => return "the control database gave the right to drive to somebody else",
                Err(error) => {
                    tracing::warn!(error = %format!("{:#}", anyhow::Error::new(error)), "no answer");
                    return "the control database does not answer for the right to drive";
                }
            }
        }
    }

    /// Gives it back.
    pub(super) async fn release(&mut self) {
        self.shared.release().await;
        self.lock = None;
    }
}

impl Holder {
    /// What whoever cannot stand by is told.
    pub(super) fn refusal(self, home: &Home) -> anyhow::Error {
        match self {
            Self::Process(held) => held.into(),
            Self::Elsewhere(other) => {
                let other = other.unwrap_or_else(|| "?".to_owned());
                anyhow::anyhow!(
                    "the control database is driven by the home `{other}` and this is `{}`: set another `store.url`",
                    home.id()
                )
            }
        }
    }

    /// Whether this home may stand in for it.
    pub(super) fn is_of(&self, home: &Home) -> bool {
        match self {
            Self::Process(_) | Self::Elsewhere(None) => true,
            Self::Elsewhere(Some(other)) => other == home.id(),
        }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Process(HomeError::Held { pid, .. }) => write!(f, "process {pid}"),
            Self::Process(error) => error.fmt(f),
            Self::Elsewhere(_) => f.write_str("another process"),
        }
    }
}
