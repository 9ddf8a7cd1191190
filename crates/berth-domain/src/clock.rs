//! Time and identity as arguments.

use crate::Timestamp;

/// Tells the time. The only way this code base learns it.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Returns the current instant.
    fn now(&self) -> Timestamp;
}

/// Makes identifiers. The only way this code base gets a new one.
pub trait IdSource: Send + Sync + std::fmt::Debug {
    /// Returns a UUID of version 7 that was never returned before.
    fn uuid(&self) -> uuid::Uuid;
}
