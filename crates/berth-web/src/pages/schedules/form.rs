//! The form of a new schedule, and the same of one that is there.

use askama::Template;
use axum::response::Response;
use berth_domain::access::Right;
use berth_domain::schedule::Action;
use http::{HeaderMap, StatusCode};

use super::SchedulePath;
use super::check::{Answer, Times, of_failure, so_far};
use super::row::action;
use super::typed::Typed;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::fleet::Choice;
use crate::pages::form::Form;
use crate::pages::gate::is_by_script;
use crate::pages::html::{page, page_with, see_other};
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};

/// The form.
#[derive(Debug, Template)]
#[template(path = "schedule_form.html")]
struct FormPage {
    shell: Shell,
    /// Where it is sent.
    to: String,
    all: String,
    /// The page of the schedule. `None`: it is a new one.
    one: Option<String>,
    actions: Vec<Choice>,
    zone: String,
    typed: Typed,
    answer: Answer,
}

/// Which schedule a form is about: of this organisation, and with this name if it is there.
struct About<'a> {
    org: &'a str,
    name: Option<&'a str>,
}

impl About<'_> {
    /// Where the form is sent.
    fn to(&self) -> String {
        match self.name {
            Some(name) => format!("{}/set", super::one(self.org, name)),
            None => format!("/organisations/{}/new-schedule", self.org),
        }
    }

    /// What stands in the form before somebody types.
    async fn before(&self, seat: &Seat) -> Result<Typed, ApiError> {
        let (engine, actor) = (&seat.context.engine, &seat.context.actor);
        Ok(match self.name {
            Some(name) => Typed::of(&engine.schedule(actor, self.org, name).await?.schedule),
            None => Typed { action: Action::Restart.to_string(), ..Typed::default() },
        })
    }

    async fn answer(&self, seat: &Seat, typed: &Typed, said: Said) -> Result<Answer, ApiError> {
        let engine = &seat.context.engine;
        let defaults = engine.defaults(&seat.context.actor, self.org).await?;
        let button = if self.name.is_some() { "Save" } else { "Make it" };
        Ok(Answer {
            said,
            times: Times::of(typed, &defaults.time_zone, engine.now()),
            button: button.to_owned(),
            check: format!("{}/check", self.to()),
        })
    }
}

/// Shows the form of a new one.
pub(crate) async fn show_new(seat: Seat, At(org): At<String>) -> Result<Response, ApiError> {
    show(seat, About { org: &org, name: None }).await
}

/// Shows the form of one that is there.
pub(crate) async fn show_set(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
) -> Result<Response, ApiError> {
    show(seat, About { org: &org, name: Some(&name) }).await
}

async fn show(seat: Seat, about: About<'_>) -> Result<Response, ApiError> {
    let typed = about.before(&seat).await?;
    let answer = about.answer(&seat, &typed, Said::default()).await?;
    page(&FormPage::of(seat, about, (typed, answer)).await?)
}

/// Says what is wrong with what was typed for a new one, and when it would come.
pub(crate) async fn check_new(
    seat: Seat,
    At(org): At<String>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let said = so_far(engine.plan_schedule(actor, &org, &typed.create()).await, &typed)?;
    let about = About { org: &org, name: None };
    check(seat, about, (headers, typed, said)).await
}

/// The same for one that is there.
pub(crate) async fn check_set(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let about = About { org: &org, name: Some(&name) };
    let request = typed.set(&about.before(&seat).await?);
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let looked = engine.plan_set_schedule(actor, (&org, &name), &request).await;
    let said = so_far(looked, &typed)?;
    check(seat, about, (headers, typed, said)).await
}

/// For scripts only what is said; else the form with it.
async fn check(
    seat: Seat,
    about: About<'_>,
    (headers, typed, said): (HeaderMap, Typed, Said),
) -> Result<Response, ApiError> {
    let answer = about.answer(&seat, &typed, said).await?;
    if is_by_script(&headers) {
        return page(&answer);
    }
    let is_right = answer.said.is_empty();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &FormPage::of(seat, about, (typed, answer)).await?)
}

/// Makes one, or shows the form again.
pub(crate) async fn create(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.create_schedule(actor, &org, &typed.create()).await {
        Ok(made) => Ok(see_other(&super::one(&org, made.schedule.name.as_str()))),
        Err(error) => {
            let about = About { org: &org, name: None };
            again(seat, about, (typed, of_failure(error)?)).await
        }
    }
}

/// Changes one, or shows the form again.
pub(crate) async fn set(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let about = About { org: &org, name: Some(&name) };
    let request = typed.set(&about.before(&seat).await?);
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.set_schedule(actor, (&org, &name), &request).await {
        Ok(_) => Ok(see_other(&super::one(&org, &name))),
        Err(error) => again(seat, about, (typed, of_failure(error)?)).await,
    }
}

async fn again(
    seat: Seat,
    about: About<'_>,
    (typed, said): (Typed, Said),
) -> Result<Response, ApiError> {
    let answer = about.answer(&seat, &typed, said).await?;
    let form = FormPage::of(seat, about, (typed, answer)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
}

impl FormPage {
    async fn of(
        seat: Seat,
        about: About<'_>,
        (typed, answer): (Typed, Answer),
    ) -> Result<Self, ApiError> {
        let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
        let overview = engine.overview(&actor, about.org).await?;
        let defaults = engine.defaults(&actor, about.org).await?;
        let title = match about.name {
            Some(name) => format!("Change {name}"),
            None => "New schedule".to_owned(),
        };
        Ok(Self {
            to: about.to(),
            all: super::all(about.org),
            one: about.name.map(|name| super::one(about.org, name)),
            actions: actions(&seat, &typed.action),
            zone: defaults.time_zone,
            shell: seat.shell(&overview, (Nav::Schedules, title)).await?,
            typed,
            answer,
        })
    }
}

/// What whoever looks may have done again and again.
fn actions(seat: &Seat, chosen: &str) -> Vec<Choice> {
    let may = |it: &&Action| seat.may(Right::of_operation(it.operation()));
    let choice = |it: &Action| Choice {
        value: it.as_str(),
        label: action(*it),
        is_chosen: it.as_str() == chosen,
    };
    Action::ALL.iter().filter(may).map(choice).collect()
}
