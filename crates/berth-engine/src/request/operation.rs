//! What is asked of operations.

/// Which operations to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationFilter {
    pub state: Option<String>,
    /// As in `tenant.create`.
    pub kind: Option<String>,
    pub tenant: Option<String>,
    /// `-created`, which is newest first and the default, or `created`.
    pub sort: Option<String>,
    /// Older than this one, newest first.
    pub before: Option<String>,
    /// Younger than this one, oldest first.
    pub after: Option<String>,
    pub limit: Option<u32>,
}

/// What an operation may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationRequest {
    /// Stop and take back what it did so far.
    Cancel,
    /// Try again, being stuck, in the direction it was going.
    Retry,
    /// Take back what it did, being stuck.
    Undo,
    /// Go on, being a demo.
    Release,
}
