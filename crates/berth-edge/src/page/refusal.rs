//! The reasons why a request does not reach a tenant, and what each of them means to a visitor.

use http::StatusCode;

/// Why a request does not reach a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It cannot be read in exactly one way.
    BadRequest,
    /// No tenant has this host.
    UnknownHost,
    /// The path is closed to everybody.
    Closed,
    /// The body is longer than the limit.
    TooLarge,
    /// The body of a call that has to be read whole is longer than the limit for those.
    CallTooLarge,
    /// The body of such a call is no call.
    NotACall,
    /// The body did not come in time.
    TooSlow,
    /// The tenant is on its way up.
    Starting,
    /// The tenant is held for longer than a request waits, or being worked on for longer than that.
    Busy,
    /// The tenant was stopped.
    Stopped,
    /// The tenant is broken.
    Failed,
    /// The tenant is closed to visitors by whoever runs the installation.
    Suspended,
    /// The tenant is closed to visitors because its time was over.
    Expired,
    /// The tenant takes no connection.
    NotAnswering,
    /// The tenant's answer is none.
    BadAnswer,
    /// The tenant took too long.
    NoAnswer,
    /// A limit on what goes on at the same time was reached.
    Crowded,
}

/// A mark that says how it stands, before one has read a word.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Moving,
    Resting,
    Shut,
    Bad,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::NotACall => StatusCode::BAD_REQUEST,
            Self::UnknownHost => StatusCode::NOT_FOUND,
            Self::Closed | Self::Suspended | Self::Expired => StatusCode::FORBIDDEN,
            Self::TooLarge | Self::CallTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Starting
            | Self::Busy
            | Self::Stopped
            | Self::Failed
            | Self::NotAnswering
            | Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadAnswer => StatusCode::BAD_GATEWAY,
            Self::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// What programs know it by.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::UnknownHost => "unknown_host",
            Self::Closed => "closed",
            Self::TooLarge => "too_large",
            Self::CallTooLarge => "call_too_large",
            Self::NotACall => "not_a_call",
            Self::TooSlow => "too_slow",
            Self::Starting => "starting",
            Self::Busy => "busy",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::NotAnswering => "not_answering",
            Self::BadAnswer => "bad_answer",
            Self::NoAnswer => "no_answer",
            Self::Crowded => "crowded",
        }
    }

    /// After how many seconds another try makes sense. `None` where none does.
    pub(super) fn retry_after(self) -> Option<u16> {
        match self {
            Self::Starting | Self::Busy => Some(2),
            Self::NotAnswering | Self::Crowded => Some(5),
            Self::Stopped | Self::Failed => Some(60),
            _ => None,
        }
    }

    /// Whether the page should try again by itself.
    pub(super) fn reloads(self) -> bool {
        matches!(self, Self::Starting | Self::Busy)
    }

    /// Whether the rest of the connection cannot be trusted, or is not worth reading.
    pub(super) fn ends_connection(self) -> bool {
        matches!(self, Self::BadRequest | Self::TooLarge | Self::CallTooLarge | Self::TooSlow)
    }

    pub(super) fn mark(self) -> Mark {
        match self {
            Self::Starting | Self::Busy => Mark::Moving,
            Self::Closed | Self::Suspended | Self::Expired => Mark::Shut,
            Self::Failed | Self::NotAnswering | Self::BadAnswer | Self::NoAnswer => Mark::Bad,
            _ => Mark::Resting,
        }
    }
}
