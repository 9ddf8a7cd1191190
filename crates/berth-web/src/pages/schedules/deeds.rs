//! What is done to a schedule: paused, let go on, run now, taken away.

use axum::response::Response;
use berth_engine::request::SetSchedule;

use super::one::refused;
use super::row::{action, targets, what};
use super::{SchedulePath, all, one};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::ask::{Question, ask, ask_again};
use crate::pages::form::{Form, Nothing};
use crate::pages::html::see_other;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::to_operation;

/// Has it wait.
pub(crate) async fn pause(
    seat: Seat,
    At(path): At<SchedulePath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    set(seat, path, true).await
}

/// Has it go on.
pub(crate) async fn resume(
    seat: Seat,
    At(path): At<SchedulePath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    set(seat, path, false).await
}

async fn set(seat: Seat, (org, name): SchedulePath, paused: bool) -> Result<Response, ApiError> {
    let request = SetSchedule { paused: Some(paused), ..SetSchedule::default() };
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.set_schedule(actor, (&org, &name), &request).await {
        Ok(_) => Ok(see_other(&one(&org, &name))),
        Err(error) => refused(seat, (&org, &name), Said::of(error)?).await,
    }
}

/// Says what it would do now, and asks.
pub(crate) async fn ask_to_run(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
) -> Result<Response, ApiError> {
    let question = run_question(&seat, (&org, &name)).await?;
    ask(shell(seat, &org, &question).await?, question)
}

/// Does now what it does. One operation is shown, several are among what came of it.
pub(crate) async fn run(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let question = run_question(&seat, (&org, &name)).await?;
    match seat.context.engine.run_schedule(&seat.context.actor, &org, &name).await {
        Ok(run) => {
            let begun: Vec<_> =
                run.tenants.iter().filter_map(|it| it.result.as_ref().ok()).collect();
            Ok(match begun[..] {
                [only] => to_operation(&org, &only.to_string()),
                _ => see_other(&one(&org, &name)),
            })
        }
        Err(error) => {
            let said = Said::of(error)?;
            ask_again(shell(seat, &org, &question).await?, question, said)
        }
    }
}

async fn run_question(seat: &Seat, (org, name): (&str, &str)) -> Result<Question, ApiError> {
    let view = seat.context.engine.schedule(&seat.context.actor, org, name).await?;
    let (action, targets) = (action(view.schedule.action), targets(&view.schedule.targets));
    Ok(Question {
        title: format!("Run {name} now"),
        effects: vec![format!("{action} {targets}, at once")],
        above: above(org, name),
        stays: "When it comes next stays as it is. A tenant that does not allow it now is left out.",
        to: format!("{}/run", one(org, name)),
        button: "Run it now",
        keep: "Leave it as it is",
        ..Question::default()
    })
}

/// Asks before one goes.
pub(crate) async fn ask_to_delete(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
) -> Result<Response, ApiError> {
    let question = delete_question(&seat, (&org, &name)).await?;
    ask(shell(seat, &org, &question).await?, question)
}

/// Takes one away, with what is known of its runs.
pub(crate) async fn delete(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let question = delete_question(&seat, (&org, &name)).await?;
    match seat.context.engine.delete_schedule(&seat.context.actor, &org, &name).await {
        Ok(()) => Ok(see_other(&all(&org))),
        Err(error) => {
            let said = Said::of(error)?;
            ask_again(shell(seat, &org, &question).await?, question, said)
        }
    }
}

async fn delete_question(seat: &Seat, (org, name): (&str, &str)) -> Result<Question, ApiError> {
    let view = seat.context.engine.schedule(&seat.context.actor, org, name).await?;
    Ok(Question {
        title: format!("Delete schedule {name}"),
        effects: vec![
            format!("It does not come any more: {}", what(&view)),
            "What is known of its runs is gone".to_owned(),
        ],
        above: above(org, name),
        stays: "Tenants stay as they are. Operations that it began go on, and stay in the list of operations.",
        to: format!("{}/delete", one(org, name)),
        button: "Delete it",
        keep: "Keep it",
        is_grave: true,
        ..Question::default()
    })
}

fn above(org: &str, name: &str) -> Vec<(String, String)> {
    vec![(all(org), "Schedules".to_owned()), (one(org, name), name.to_owned())]
}

async fn shell(seat: Seat, org: &str, question: &Question) -> Result<Shell, ApiError> {
    let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
    seat.shell(&overview, (Nav::Schedules, question.title.clone())).await
}
