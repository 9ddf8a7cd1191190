//! The kinds of failures, with the HTTP status of each.

use berth_engine::Kind;
use http::StatusCode;

use super::ApiError;

/// The kinds of problems: `(status, name, title)`.
pub(super) type Class = (StatusCode, &'static str, &'static str);

const INVALID: Class =
    (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "something is wrong with the request");
const UNREADABLE: Class = (StatusCode::BAD_REQUEST, "unreadable", "the request cannot be read");
const NOT_FOUND: Class = (StatusCode::NOT_FOUND, "not-found", "there is no such thing");
const NO_METHOD: Class =
    (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "the method is not allowed");
const CONFLICT: Class = (StatusCode::CONFLICT, "conflict", "not in this state");
const DONE: Class = (StatusCode::CONFLICT, "done", "this was done, and its answer is lost");
const CHANGED: Class =
    (StatusCode::PRECONDITION_FAILED, "changed", "it is not any more what `If-Match` says");
const TOO_LARGE: Class = (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is too large");
const NOT_JSON: Class =
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "the body is not sent as JSON");
const NOT_FORM: Class =
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-a-form", "the body is not sent as a form");
const STRANGER: Class = (StatusCode::UNAUTHORIZED, "unauthenticated", "nobody knows who you are");
const HALF_KNOWN: Class =
    (StatusCode::UNAUTHORIZED, "second-factor", "the code of the second factor is missing");
const TOO_MANY: Class =
    (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", "there were too many attempts");
const MISDIRECTED: Class =
    (StatusCode::MISDIRECTED_REQUEST, "misdirected", "this is not the server that was asked for");
const FORBIDDEN: Class = (StatusCode::FORBIDDEN, "forbidden", "you may not do this");
const UNAVAILABLE: Class =
    (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "something that Berth needs does not answer");
const INTERNAL: Class = (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Berth failed");

impl ApiError {
    /// Which kind it is of.
    pub(super) fn class(&self) -> Class {
        match self {
            Self::Engine(error) => match error.kind() {
                Kind::Invalid => INVALID,
                Kind::Unreadable => UNREADABLE,
                Kind::TooLarge => TOO_LARGE,
                Kind::NotFound => NOT_FOUND,
                Kind::Conflict => CONFLICT,
                Kind::Changed => CHANGED,
                Kind::Done => DONE,
                Kind::Stranger => STRANGER,
                Kind::HalfKnown => HALF_KNOWN,
                Kind::TooMany => TOO_MANY,
                Kind::Forbidden => FORBIDDEN,
                Kind::Unavailable => UNAVAILABLE,
                Kind::Internal => INTERNAL,
            },
            Self::Unreadable { .. } => UNREADABLE,
            Self::NoSuchPath => NOT_FOUND,
            Self::MethodNotAllowed => NO_METHOD,
            Self::TooLarge { .. } => TOO_LARGE,
            Self::NotJson => NOT_JSON,
            Self::NotForm | Self::NotUpload => NOT_FORM,
            Self::Forbidden | Self::OtherSite | Self::NoAccount | Self::NoCommand => FORBIDDEN,
            Self::BadToken | Self::NoToken | Self::BadSession | Self::Unclaimed => STRANGER,
            Self::TooOften { .. } => TOO_MANY,
            Self::WrongHost => MISDIRECTED,
            Self::BrokeOff { .. } | Self::Stopping => UNAVAILABLE,
            Self::Broken { .. } => INTERNAL,
        }
    }
}
