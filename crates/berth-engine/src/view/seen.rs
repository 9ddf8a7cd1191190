//! What somebody found who looked earlier.

use berth_domain::Timestamp;

/// What was found, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    pub at: Timestamp,
    pub found: T,
}
