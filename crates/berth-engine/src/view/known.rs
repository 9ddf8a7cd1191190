//! What is known of a tenant without asking anybody.

use berth_domain::{Digest, Timestamp};

use super::{OperationView, ProbeView, TenantView};

/// A tenant, what was last observed of it, and why it is as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownTenant {
    /// Without container and probes.
    pub tenant: TenantView,
    /// What the reconciler saw last. `None`: it did not look yet.
    pub seen: Option<SeenView>,
    /// What was found the last time that somebody opened its page. `None`: nobody did of late.
    pub checkup: Option<CheckupView>,
    /// Whether it is being looked at again.
    pub is_being_checked: bool,
    /// What is at work on it, or what failed when it is broken.
    pub operation: Option<OperationView>,
}

/// What the reconciler saw of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenView {
    pub at: Timestamp,
    /// Its container, in words.
    pub container: String,
    /// Why it is not as it should be. `None`: all is well.
    pub drift: Option<DriftView>,
    /// How often it was started again lately because it had ended by itself, and when last.
    pub restarts: u32,
    pub restarted_at: Option<Timestamp>,
}

/// Why a tenant is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftView {
    pub reason: String,
    /// What a person can do. `None`: it may pass by itself.
    pub hint: Option<String>,
    pub since: Timestamp,
}

/// One look at a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckupView {
    pub at: Timestamp,
    /// Whether it was to be running then.
    pub was_up: bool,
    /// `None`: there is none, or `problem` says why nothing is known of it.
    pub container: Option<ContainerView>,
    pub problem: Option<String>,
    /// What each of them found. Empty while it does not run.
    pub probes: Vec<ProbeView>,
}

/// A container as the engine reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerView {
    /// `running`, `exited (137, out of memory)`.
    pub state: String,
    pub is_running: bool,
    pub image: Digest,
    /// When it was started last. `None`: never, or the engine does not say.
    pub started_at: Option<Timestamp>,
}
