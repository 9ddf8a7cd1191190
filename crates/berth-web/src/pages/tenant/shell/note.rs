//! Why nothing is run.

use berth_api::v1::Problem;
use berth_domain::Tenant;
use berth_engine::EngineError;
use http::StatusCode;

use crate::error::ApiError;
use crate::pages::words::capitalised;
use crate::request::RequestInfo;

/// What is said of it, and what to do next.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) title: &'static str,
    /// In sentences.
    pub(super) text: String,
}

impl Note {
    /// Of a tenant that does not run, by what is stored of it. `None`: it does.
    pub(super) fn of_state(tenant: &Tenant) -> Option<Self> {
        if tenant.state.is_up() {
            return None;
        }
        let (name, state) = (tenant.name.to_string(), tenant.state.label());
        let error = EngineError::NotRunning { tenant: name, state };
        let hint = error.hint().map(|hint| sentence(&hint)).unwrap_or_default();
        let text = format!("{} {hint}", sentence(&error.to_string()));
        Some(Self { title: "It does not seem to run.", text: text.trim_end().to_owned() })
    }

    /// Of a form that was refused: what the API says.
    pub(super) fn of_refusal(error: &ApiError, request: &RequestInfo) -> (StatusCode, Self) {
        let problem = error.problem(request);
        let status = StatusCode::from_u16(problem.status);
        let note = match error {
            ApiError::Engine(EngineError::Repeated) => Self {
                title: "It was run already.",
                text: "This form was sent before, and what stood in it then was run. What came of that was told \
                       to whoever sent it first, and Berth keeps none of it. To run what stands here, press the \
                       button again."
                    .to_owned(),
            },
            _ => Self { title: "It could not be run.", text: in_sentences(&problem) },
        };
        (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), note)
    }
}

/// What is wrong, what stands behind it, and what helps.
pub(super) fn in_sentences(problem: &Problem) -> String {
    let Problem { detail, because, hint, .. } = problem;
    let why = std::iter::once(detail).chain(because).map(String::as_str).collect::<Vec<_>>();
    let hint = hint.as_deref().map(sentence).unwrap_or_default();
    format!("{} {hint}", sentence(&why.join(": "))).trim_end().to_owned()
}

fn sentence(text: &str) -> String {
    format!("{}.", capitalised(text))
}
