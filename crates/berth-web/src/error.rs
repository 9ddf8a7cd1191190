//! Failures, as problem documents (RFC 9457).
//!
//! # Invariants
//!
//! * [`class`] is the only place that knows HTTP statuses of failures.
//! * A failure of Berth itself is told in fixed words; its cause goes to the log, once.

mod class;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use berth_api::v1::{FieldProblem, Problem};
use berth_engine::{EngineError, PeopleError};
use http::StatusCode;

use crate::request::RequestInfo;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("{0}")]
    Engine(#[source] EngineError),

    /// The request could not be read.
    #[error("{detail}")]
    Unreadable { detail: String, problems: Vec<FieldProblem> },

    #[error("there is nothing at this path")]
    NoSuchPath,

    #[error("this path does not take this method")]
    MethodNotAllowed,

    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },

    #[error("a body must be sent as `application/json`")]
    NotJson,

    #[error("a form must be sent as `application/x-www-form-urlencoded`")]
    NotForm,

    #[error("a file must be sent by a form as `multipart/form-data`")]
    NotUpload,

    #[error("only root and the user that Berth runs as may speak here")]
    Forbidden,

    #[error("the token is not good: it is none of Berth's, it was revoked, or its time is over")]
    BadToken,

    #[error(
        "over TCP nobody is known by their connection, and this request shows neither a token nor a session"
    )]
    NoToken,

    #[error("nobody has claimed this installation yet, and until then it answers nobody over TCP")]
    Unclaimed,

    /// What would be run is said later, so both rights are named.
    #[error("you have no right to do this: a command takes `exec`, and psql takes `psql`")]
    NoCommand,

    #[error("too many tokens that are not good came from your network")]
    TooOften { wait: Duration },

    #[error("the name in `Host` is none of this server's")]
    WrongHost,

    #[error("the session is over: sign in again")]
    BadSession,

    #[error("nothing says that a page of this server sent this")]
    OtherSite,

    /// Whoever asks is known, and has no account.
    #[error("this is about the account of whoever is signed in, and nobody is")]
    NoAccount,

    /// A stream ended in the middle.
    #[error("the {what} broke off")]
    BrokeOff { what: &'static str },

    #[error("Berth is stopping")]
    Stopping,

    /// Berth itself failed.
    #[error("cannot {action}")]
    Broken { action: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

/// A stream of the engine that breaks off in the middle.
impl From<berth_runtime::RuntimeError> for ApiError {
    fn from(error: berth_runtime::RuntimeError) -> Self {
        Self::Engine(berth_engine::EngineError::Runtime(error))
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl ApiError {
    /// The same, of a request to run something, which has not said yet what.
    pub(crate) fn of_a_command(self) -> Self {
        match self {
            Self::Engine(EngineError::NoRight(_)) => Self::NoCommand,
            other => other,
        }
    }

    /// The whole document, for whoever made `request`.
    pub(crate) fn problem(&self, request: &RequestInfo) -> Problem {
        let (status, name, title) = self.class();
        let is_ours = status == StatusCode::INTERNAL_SERVER_ERROR;
        Problem {
            kind: format!("urn:berth:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: if is_ours { self.told_to_the_log(request) } else { self.detail() },
            instance: request.path.clone(),
            request_id: request.id.clone(),
            because: if is_ours { Vec::new() } else { self.told_causes(request) },
            problems: self.problems(),
            hint: if is_ours { None } else { self.hint() },
        }
    }

    /// When it may be tried again, in seconds. `None`: that would not help.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooOften { wait }
            | Self::Engine(EngineError::People(PeopleError::Wait(wait))) => {
                Some(whole_seconds(*wait))
            }
            // Something did not answer, and may do so any moment.
            other => (other.class().0 == StatusCode::SERVICE_UNAVAILABLE).then_some(5),
        }
    }

    fn told_to_the_log(&self, request: &RequestInfo) -> String {
        tracing::error!(request.id = request.id, error = self.whole(), "a request failed");
        format!("Berth failed; its log says why under {}", request.id)
    }

    /// What stands behind it. What a driver says of the control database is for the log: anybody may ask.
    fn told_causes(&self, request: &RequestInfo) -> Vec<String> {
        let mut causes = self.causes();
        if matches!(self, Self::Engine(EngineError::Store(_))) {
            let error = self.whole();
            tracing::warn!(request.id = request.id, error, "a request was put off");
            causes.truncate(1);
        }
        causes
    }

    /// The error and all that stands behind it.
    fn whole(&self) -> String {
        let all: Vec<String> = std::iter::once(self.to_string()).chain(self.causes()).collect();
        all.join(": ")
    }

    fn detail(&self) -> String {
        match self {
            Self::Engine(EngineError::Invalid(problems)) => match problems.0.as_slice() {
                [_] => "something is wrong with the request".to_owned(),
                many => format!("{} things are wrong with the request", many.len()),
            },
            other => other.to_string(),
        }
    }

    /// What stands behind it, nearest first.
    fn causes(&self) -> Vec<String> {
        let first = match self {
            Self::Engine(error) => error.source(),
            other => other.source(),
        };
        let mut causes = Vec::new();
        let mut cause = first;
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        causes
    }

    fn problems(&self) -> Vec<FieldProblem> {
        match self {
            Self::Engine(EngineError::Invalid(problems)) => problems
                .0
                .iter()
                .map(|problem| FieldProblem {
                    field: problem.field.clone(),
                    message: problem.message.clone(),
                    hint: problem.hint.clone(),
                })
                .collect(),
            Self::Unreadable { problems, .. } => problems.clone(),
            _ => Vec::new(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Engine(error) => error.hint(),
            Self::Forbidden => Some("use `sudo`, or the user that runs `berth serve`".to_owned()),
            Self::WrongHost => {
                Some("add it to `console.names`, or ask for an address of this host".to_owned())
            }
            Self::TooOften { wait } => {
                let seconds = whole_seconds(*wait);
                Some(format!("wait {seconds} s, and look whose token was revoked or is over"))
            }
            Self::OtherSite => Some(
                "programs show a token instead: make one with `berth token create` on the host"
                    .to_owned(),
            ),
            Self::BadToken => Some(
                "make one with `berth token create` on the host, and send it as a bearer token"
                    .to_owned(),
            ),
            Self::NoToken => Some(
                "sign in, or make a token with `berth token create` on the host and send it as a bearer token"
                    .to_owned(),
            ),
            Self::Unclaimed => Some(
                "open `/claim` here, with the code that `berth setup-token` shows on the host"
                    .to_owned(),
            ),
            Self::NoSuchPath | Self::MethodNotAllowed => {
                Some("`/api/v1/openapi.json` lists what there is".to_owned())
            }
            _ => None,
        }
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Leaves the error in the response. [`crate::request::identify`] makes the document of it, because
/// only there the request is known.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.class().0.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_said_with_when_to_ask_again() {
        let away = ApiError::from(EngineError::Unavailable("it is busy".to_owned()));
        let broken = ApiError::from(EngineError::Failed("it is broken".to_owned()));

        assert_eq!((away.class().0.as_u16(), away.retry_after()), (503, Some(5)));
        assert_eq!((broken.class().0.as_u16(), broken.retry_after()), (500, None));
    }
}
