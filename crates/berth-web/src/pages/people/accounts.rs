//! Letting somebody do nothing any more, and in again; taking a provider from them.

use axum::response::Response;

use super::confirm::{Question, ask, ask_again, people};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::see_other;
use crate::pages::shell::Seat;

/// Asks before somebody may do nothing any more.
pub(crate) async fn ask_to_disable(seat: Seat, At(who): At<String>) -> Result<Response, ApiError> {
    let question = question(&seat, &who, true).await?;
    ask(seat, None, question).await
}

/// Asks before somebody is let in again.
pub(crate) async fn ask_to_enable(seat: Seat, At(who): At<String>) -> Result<Response, ApiError> {
    let question = question(&seat, &who, false).await?;
    ask(seat, None, question).await
}

/// Lets somebody do nothing any more.
pub(crate) async fn disable(
    seat: Seat,
    At(who): At<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    change(seat, &who, true).await
}

/// Lets somebody in again.
pub(crate) async fn enable(
    seat: Seat,
    At(who): At<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    change(seat, &who, false).await
}

async fn question(seat: &Seat, who: &str, is_disabled: bool) -> Result<Question, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let plan = engine.plan_disabling(actor, who, is_disabled).await?;
    Ok(if is_disabled {
        Question {
            stays: "Their account, their roles and everything that they own stay as they are.",
            keep: "Leave them in",
            ..Question::of(&plan, format!("/people/{who}/disable"), "Disable the account")
        }
    } else {
        Question::of(&plan, format!("/people/{who}/enable"), "Let them in again")
    })
}

async fn change(seat: Seat, who: &str, is_disabled: bool) -> Result<Response, ApiError> {
    let question = question(&seat, who, is_disabled).await?;
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.disable_person(actor, who, is_disabled).await {
        Ok(_) => Ok(see_other(&people(None))),
        Err(error) => ask_again(seat, None, (question, error)).await,
    }
}

/// Asks before somebody's account is unlinked from a provider.
pub(crate) async fn ask_to_unlink(
    seat: Seat,
    At((who, provider)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let question = unlinking(&seat, (&who, &provider)).await?;
    ask(seat, None, question).await
}

/// Unlinks somebody's account from a provider.
pub(crate) async fn unlink(
    seat: Seat,
    At((who, provider)): At<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let question = unlinking(&seat, (&who, &provider)).await?;
    match seat.context.engine.unlink_person(&seat.context.actor, (&who, &provider)).await {
        Ok(()) => Ok(see_other(&people(None))),
        Err(error) => ask_again(seat, None, (question, error)).await,
    }
}

async fn unlinking(seat: &Seat, (who, provider): (&str, &str)) -> Result<Question, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let plan = engine.plan_unlink(actor, (who, provider)).await?;
    let to = format!("/people/{who}/providers/{provider}/unlink");
    Ok(Question { keep: "Leave them linked", ..Question::of(&plan, to, "Unlink them") })
}
