//! `/organisations/{org}/operations/{id}/{cancel, retry, undo, release}`: telling an operation something.

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::access::Right;
use berth_engine::request::OperationRequest;
use berth_engine::{EngineError, Kind};
use http::{HeaderMap, StatusCode};

use super::{OperationPath, to_operation};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::gate::is_by_script;
use crate::pages::html::{page, page_with};
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::toast::Toast;
use crate::pages::words::{Status, capitalised, deed};
use crate::routes::Route;

/// What follows, and the button.
#[derive(Debug, Template)]
#[template(path = "tell.html")]
struct TellPage {
    shell: Shell,
    /// The address of the operation.
    base: String,
    /// `Start acme`.
    what: String,
    status: Status,
    key: &'static str,
    /// `Cancel it`.
    button: &'static str,
    instead: &'static str,
    plan: Vec<String>,
    /// Why it cannot be told now.
    refusal: Option<String>,
    is_grave: bool,
}

macro_rules! tellings {
    ($(($request:ident, $key:literal, $right:ident)),+ $(,)?) => {
        vec![$(
            Route::page(
                "GET",
                concat!("/organisations/{org}/operations/{id}/", $key),
                Right::$right,
                get(|seat: Seat, at: At<OperationPath>| show(OperationRequest::$request, seat, at)),
                concat!($key, "_page"),
            ),
            Route::page(
                "POST",
                concat!("/organisations/{org}/operations/{id}/", $key),
                Right::$right,
                post(|seat: Seat, at: At<OperationPath>, headers: HeaderMap, _: Form<Nothing>| {
                    send(OperationRequest::$request, (seat, headers), at)
                }),
                concat!($key, "_form"),
            ),
        )+]
    };
}

pub(super) fn routes() -> Vec<Route> {
    tellings![
        (Cancel, "cancel", Operate),
        (Retry, "retry", Operate),
        (Undo, "undo", Operate),
        (Release, "release", Installation),
    ]
}

/// The last part of the address, the button, and the safe answer.
const fn words(request: OperationRequest) -> (&'static str, &'static str, &'static str) {
    match request {
        OperationRequest::Cancel => ("cancel", "Cancel it", "Let it go on"),
        OperationRequest::Retry => ("retry", "Retry", "Leave it as it is"),
        OperationRequest::Undo => ("undo", "Undo it", "Leave it as it is"),
        OperationRequest::Release => ("release", "Release it", "Let it wait"),
    }
}

/// Says what follows, and asks.
async fn show(
    request: OperationRequest,
    seat: Seat,
    At(path): At<OperationPath>,
) -> Result<Response, ApiError> {
    asked(request, seat, path, StatusCode::OK).await
}

/// Tells it.
async fn send(
    request: OperationRequest,
    (seat, headers): (Seat, HeaderMap),
    At((org, id)): At<OperationPath>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = seat.context.clone();
    let told = match request {
        OperationRequest::Cancel => engine.cancel_operation(&actor, &org, &id).await,
        OperationRequest::Retry => engine.retry_operation(&actor, &org, &id).await,
        OperationRequest::Undo => engine.undo_operation(&actor, &org, &id).await,
        OperationRequest::Release => engine.release_demo(&actor, &org, &id).await,
    };
    match told {
        Ok(view) if is_by_script(&headers) => page(&Toast::begun(
            format!("{}: {} {}", capitalised(words(request).0), deed(view.kind), view.target),
            format!("/organisations/{org}/operations/{}", view.id),
        )),
        Ok(view) => Ok(to_operation(&org, &view.id.to_string())),
        Err(error) if error.kind() == Kind::Conflict && !is_by_script(&headers) => {
            asked(request, seat, (org, id), StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn asked(
    request: OperationRequest,
    seat: Seat,
    (org, id): OperationPath,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let view = engine.operation(&actor, &org, &id).await?;
    let (plan, refusal) = match engine.plan_request(&actor, &org, &id, request).await {
        Ok(plan) => (plan.actions.iter().map(|it| capitalised(&it.text)).collect(), None),
        Err(EngineError::NotNow { why, .. }) => (Vec::new(), Some(capitalised(&why))),
        Err(error) if matches!(error.kind(), Kind::Conflict | Kind::Forbidden) => {
            (Vec::new(), Some(capitalised(&error.to_string())))
        }
        Err(error) => return Err(error.into()),
    };
    let (key, button, instead) = words(request);
    let what = format!("{} {}", deed(view.kind), view.target);
    let title = format!("{}: {what}", capitalised(key));
    let overview = engine.overview(&actor, &org).await?;
    let status = if refusal.is_some() { StatusCode::CONFLICT } else { status };
    let tell = TellPage {
        base: format!("/organisations/{org}/operations/{}", view.id),
        what,
        status: Status::of_operation(view.state),
        key,
        button,
        instead,
        plan,
        refusal,
        is_grave: matches!(request, OperationRequest::Cancel | OperationRequest::Undo),
        shell: seat.shell(&overview, (Nav::Operations, title)).await?,
    };
    page_with(status, &tell)
}
