//! What is done with one: it is tried out, a message is sent again, it is removed.

use axum::response::Response;

use super::{WebhookPath, above, all, one};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::ask::{self, Question};
use crate::pages::form::{Form, Nothing};
use crate::pages::html::see_other;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};

/// Sends a message to try out the way, and says whether it arrived.
pub(crate) async fn test(
    seat: Seat,
    At((org, name)): At<WebhookPath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    match seat.context.engine.test_webhook(&seat.context.actor, &org, &name).await {
        Ok(_) => Ok(see_other(&format!("{}?done=test", one(&org, &name)))),
        Err(error) => super::one::again(seat, (&org, &name), (None, error)).await,
    }
}

/// Sends a message again, with the same id.
pub(crate) async fn redeliver(
    seat: Seat,
    At((org, name, id)): At<(String, String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    match seat.context.engine.send_again(&seat.context.actor, (&org, &name), &id).await {
        Ok(_) => Ok(see_other(&format!("{}?done=again", one(&org, &name)))),
        Err(error) => super::one::again(seat, (&org, &name), (None, error)).await,
    }
}

/// Asks before it is removed.
pub(crate) async fn ask_to_delete(
    seat: Seat,
    At((org, name)): At<WebhookPath>,
) -> Result<Response, ApiError> {
    let (shell, question) = removal(seat, (&org, &name)).await?;
    ask::ask(shell, question)
}

/// Removes it, with what waits to be sent.
pub(crate) async fn delete(
    seat: Seat,
    At((org, name)): At<WebhookPath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    match engine.delete_webhook(&actor, &org, &name).await {
        Ok(()) => Ok(see_other(&all(&org))),
        Err(error) => {
            let said = Said::of(error)?;
            let (shell, question) = removal(seat, (&org, &name)).await?;
            ask::ask_again(shell, question, said)
        }
    }
}

async fn removal(seat: Seat, (org, name): (&str, &str)) -> Result<(Shell, Question), ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let plan = engine.plan_delete_webhook(&actor, org, name).await?;
    let overview = engine.overview(&actor, org).await?;
    let asked = Question::of(&plan);
    let shell = seat.shell(&overview, (Nav::Organisation, asked.title.clone())).await?;
    let mut above = above(&shell);
    above.push((one(org, name), name.to_owned()));
    let question = Question {
        above,
        effects: vec![
            "Nobody is told by it any more, and what waits to be sent is not sent.".to_owned(),
            "What is known of its messages goes with it, and its secret.".to_owned(),
        ],
        to: format!("{}/delete", one(org, name)),
        button: "Remove it",
        keep: "Keep it",
        is_grave: true,
        ..asked
    };
    Ok((shell, question))
}
