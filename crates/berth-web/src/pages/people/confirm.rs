//! A page that asks before something is taken away, and whoever has a place to come back to.

use askama::Template;
use axum::response::Response;
use berth_engine::EngineError;
use berth_engine::view::PlanView;
use http::StatusCode;

use crate::error::ApiError;
use crate::pages::html::{page, page_with};
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::capitalised;

/// What will happen, what stays, and a button.
#[derive(Debug, Template)]
#[template(path = "confirm_people.html")]
struct ConfirmPage {
    shell: Shell,
    back: String,
    question: Question,
    said: Said,
}

/// What is asked.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) title: String,
    /// What will happen.
    pub(super) effects: Vec<String>,
    /// What stays as it is.
    pub(super) stays: &'static str,
    /// Where the answer is sent.
    pub(super) to: String,
    pub(super) button: &'static str,
    pub(super) keep: &'static str,
}

impl Question {
    /// One that the engine words.
    pub(super) fn of(plan: &PlanView, to: String, button: &'static str) -> Self {
        let plainly = |text: &str| capitalised(&text.replace('`', ""));
        Self {
            title: plainly(&plan.summary),
            effects: plan.actions.iter().map(|action| plainly(&action.text)).collect(),
            stays: "",
            to,
            button,
            keep: "Leave it as it is",
        }
    }
}

/// Where a page of people belongs: an organisation, or the installation.
pub(super) fn base(org: Option<&str>) -> String {
    org.map(|org| format!("/organisations/{org}")).unwrap_or_default()
}

/// The page of all of them.
pub(super) fn people(org: Option<&str>) -> String {
    format!("{}/people", base(org))
}

/// What stands around a page of people.
pub(super) async fn shell(seat: Seat, org: Option<&str>, title: &str) -> Result<Shell, ApiError> {
    let Some(org) = org else {
        return seat.shell_of_installation((Nav::Accounts, title.to_owned())).await;
    };
    let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
    seat.shell(&overview, (Nav::People, title.to_owned())).await
}

/// Asks.
pub(super) async fn ask(
    seat: Seat,
    org: Option<&str>,
    question: Question,
) -> Result<Response, ApiError> {
    let shell = shell(seat, org, &question.title).await?;
    page(&ConfirmPage { shell, back: people(org), question, said: Said::default() })
}

/// Asks again, because it could not be done.
pub(super) async fn ask_again(
    seat: Seat,
    org: Option<&str>,
    (question, error): (Question, EngineError),
) -> Result<Response, ApiError> {
    let said = Said::of(error)?;
    let shell = shell(seat, org, &question.title).await?;
    let again = ConfirmPage { shell, back: people(org), question, said };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}
