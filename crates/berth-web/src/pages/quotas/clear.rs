//! Taking one away.

use axum::response::Response;

use super::one::find;
use super::{Whose, above, all, list, one, whose};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::ask::{self, Question};
use crate::pages::form::{Form, filled};
use crate::pages::html::see_other;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::capitalised;

/// Asks before it is taken away.
pub(crate) async fn ask_to_clear(
    seat: Seat,
    At(org): At<String>,
    Asked(Whose { owner }): Asked<Whose>,
) -> Result<Response, ApiError> {
    let owner = filled(owner);
    if let Err(error) = find(&seat, &org, owner.as_deref()).await {
        return list::again(seat, &org, (owner, error)).await;
    }
    let (shell, question) = removal(seat, (&org, owner.as_deref())).await?;
    ask::ask(shell, question)
}

/// Takes it away.
pub(crate) async fn clear(
    seat: Seat,
    At(org): At<String>,
    Form(Whose { owner }): Form<Whose>,
) -> Result<Response, ApiError> {
    let (engine, actor, owner) =
        (seat.context.engine.clone(), seat.context.actor.clone(), filled(owner));
    if let Err(error) = find(&seat, &org, owner.as_deref()).await {
        return list::again(seat, &org, (owner, error)).await;
    }
    let at = (org.as_str(), owner.as_deref());
    let (shell, question) = removal(seat, at).await?;
    match engine.clear_quota(&actor, at.0, at.1).await {
        Ok(()) => Ok(see_other(&all(&org))),
        Err(error) => ask::ask_again(shell, question, Said::of(error)?),
    }
}

async fn removal(
    seat: Seat,
    (org, owner): (&str, Option<&str>),
) -> Result<(Shell, Question), ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let plan = engine.plan_quota(&actor, org, owner, None).await?;
    let overview = engine.overview(&actor, org).await?;
    let title = format!("Take away the quota of {}", whose(owner));
    let shell = seat.shell(&overview, (Nav::Organisation, title.clone())).await?;
    let mut above = above(&shell);
    above.push((one(org, owner), whose(owner)));
    let then = match owner {
        Some(_) => "The configured quota of owners holds again.",
        None => "All tenants of the organisation together may have as much as there is.",
    };
    let changes = plan.actions.iter().map(|it| capitalised(&it.text.replace("->", "to")));
    let question = Question {
        title,
        above,
        effects: std::iter::once(then.to_owned()).chain(changes).collect(),
        stays: "Tenants that there are stay as they are.",
        to: format!("/organisations/{org}/quota/clear"),
        fields: owner.map(|owner| ("owner", owner.to_owned())).into_iter().collect(),
        button: "Take it away",
        keep: "Keep it",
        is_grave: true,
    };
    Ok((shell, question))
}
