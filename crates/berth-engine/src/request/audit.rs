//! Looking at who did what.

/// Which entries to list, newest first. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// `local:0`.
    pub actor: Option<String>,
    /// `tenant.stop`.
    pub action: Option<String>,
    /// What it was done to: `tenant`.
    pub kind: Option<String>,
    /// Its id, or its name then.
    pub object: Option<String>,
    pub outcome: Option<String>,
    /// `2h`, `3d`, a day, or a time as in RFC 3339. Only younger ones.
    pub since: Option<String>,
    pub until: Option<String>,
    /// Older than this one.
    pub before: Option<String>,
    pub limit: Option<u32>,
}
