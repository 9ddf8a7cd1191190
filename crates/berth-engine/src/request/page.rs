//! Which part of a list somebody wants.

/// A page of a list that can be read from either end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// What it is sorted by, with `-` in front from the last to the first.
    pub sort: Option<String>,
    /// What `next` of the page before is.
    pub after: Option<String>,
    pub limit: Option<u32>,
}

/// A page of what happened, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryRequest {
    /// Only what came out so.
    pub only: Option<String>,
    /// What `next` of the page before is.
    pub before: Option<String>,
    pub limit: Option<u32>,
}
