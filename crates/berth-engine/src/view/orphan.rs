//! What belongs to nobody.

use berth_domain::orphan::OrphanName;
use berth_domain::{Bytes, Timestamp};

/// Everything that belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphansView {
    /// By kind and name.
    pub found: Vec<OrphanView>,
    /// What could not be looked at, and why.
    pub unseen: Vec<String>,
}

/// One thing that belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphanView {
    pub what: OrphanName,
    pub first_seen: Timestamp,
    pub why: String,
    /// `None`: it has none, or finding it out takes long.
    pub size: Option<Bytes>,
    /// It was first seen a moment ago, and may be of something that is at work.
    pub is_new: bool,
    /// Whether database, role and folder of a tenant are there.
    pub can_be_adopted: bool,
}

/// What came of removing one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalView {
    pub what: OrphanName,
    /// Why it is still there. `None`: it is gone.
    pub problem: Option<String>,
}
