//! How a call to an engine can fail, by what the caller does about it.

/// A failed engine call. The vendor's own error is the source.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    #[error("the engine has no image `{0}`")]
    NoSuchImage(String),

    #[error("there is no container `{0}`")]
    NoSuchWorkload(String),

    #[error("`{0}` exists in the engine but was not made by this installation")]
    Foreign(String),

    #[error("a newer change of `{0}` was already carried out")]
    Stale(String),

    /// The engine understood and refused: the text is the engine's, in its words.
    #[error("the container engine refused to {action}: {message}")]
    Refused { action: &'static str, message: String },

    #[error("cannot reach the container engine")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),

    #[error("the container engine did not {action} within {seconds} s")]
    TimedOut { action: &'static str, seconds: u64 },
}

impl RuntimeError {
    /// Whether the same call may work later without anybody changing anything.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut { .. } => true,
            Self::NoSuchImage(_)
            | Self::NoSuchWorkload(_)
            | Self::Foreign(_)
            | Self::Stale(_)
            | Self::Refused { .. } => false,
        }
    }
}
