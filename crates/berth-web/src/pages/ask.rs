//! A page that asks before something is done: what will happen, what stays, and a button.

use askama::Template;
use axum::response::Response;
use berth_engine::view::PlanView;
use http::StatusCode;

use super::html::{page, page_with};
use super::said::Said;
use super::shell::Shell;
use super::words::capitalised;
use crate::error::ApiError;

/// The page.
#[derive(Debug, Template)]
#[template(path = "ask.html")]
struct AskPage {
    shell: Shell,
    question: Question,
    said: Said,
}

/// What is asked.
#[derive(Debug, Default)]
pub(super) struct Question {
    pub(super) title: String,
    /// The pages above it, from the top: addresses, and what they are called.
    pub(super) above: Vec<(String, String)>,
    /// What will happen.
    pub(super) effects: Vec<String>,
    /// What stays as it is.
    pub(super) stays: &'static str,
    /// Where the answer is sent, and what it says beside yes.
    pub(super) to: String,
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) button: &'static str,
    /// The safe answer. It leads to the last of the pages above.
    pub(super) keep: &'static str,
    /// Whether something is lost by it.
    pub(super) is_grave: bool,
}

impl Question {
    /// One that the engine words.
    pub(super) fn of(plan: &PlanView) -> Self {
        Self {
            title: capitalised(&plan.summary.replace('`', "")),
            effects: plan.actions.iter().map(|action| capitalised(&action.text)).collect(),
            keep: "Leave it as it is",
            ..Self::default()
        }
    }

    fn back(&self) -> &str {
        self.above.last().map_or("/", |(link, _)| link)
    }
}

/// Asks.
pub(super) fn ask(shell: Shell, question: Question) -> Result<Response, ApiError> {
    page(&AskPage { shell, question, said: Said::default() })
}

/// Asks again, because it could not be done.
pub(super) fn ask_again(
    shell: Shell,
    question: Question,
    said: Said,
) -> Result<Response, ApiError> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &AskPage { shell, question, said })
}
