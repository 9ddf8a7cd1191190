//! `/organisations/{org}/tenants/new`: the form of a new tenant.
//!
//! # Invariants
//!
//! * What is said of a field, and what will be created, is what the engine says of a dry run of the very
//!   request that would be sent.
//! * What was typed stays in the form, but for the password.

mod command;
mod panel;
mod typed;

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::Stage;
use berth_domain::access::Right;
use berth_domain::operation::OperationKind;
use berth_engine::request::CreateTenant;
use berth_engine::view::Defaults;
use berth_engine::{EngineError, Kind};
use http::{HeaderMap, StatusCode};

use super::form::Form;
use super::gate::is_by_script;
use super::html::{page, page_with};
use super::operation::to_operation;
use super::said::Said;
use super::shell::{Nav, Seat, Shell};
use super::words::capitalised;
use crate::error::ApiError;
use crate::extract::At;
use crate::routes::Route;
use panel::Panel;

pub(super) use typed::{Typed, placed};

/// The fields about which something may be said, by their names in the form.
const FIELDS: [&str; 22] = [
    "name",
    "owner",
    "stage",
    "image",
    "modules",
    "language",
    "country",
    "company",
    "admin_login",
    "admin_password",
    "email",
    "time_zone",
    "cpu",
    "memory",
    "pids",
    "storage",
    "host",
    "tags",
    "notes",
    "expires",
    "addons",
    "own_cluster",
];

/// The form.
#[derive(Debug, Template)]
#[template(path = "new_tenant.html")]
struct NewPage {
    shell: Shell,
    base: String,
    defaults: Offered,
    typed: Typed,
    /// Whether whoever looks lends folders of the host.
    may_lend: bool,
    answer: Answer,
}

/// What is said of what was typed, and what will be created of it.
#[derive(Debug, Template)]
#[template(path = "parts/new_tenant_answer.html")]
struct Answer {
    panel: Panel,
    said: Said,
    /// The address, where it is free.
    free: Option<String>,
    /// Where the form is sent.
    action: String,
}

/// What stands in the form before somebody types.
#[derive(Debug)]
struct Offered {
    base_domain: String,
    image: String,
    images: Vec<String>,
    language: String,
    time_zone: String,
    cpu: String,
    memory: String,
    pids: u32,
    stages: Vec<Offer>,
}

/// A stage.
#[derive(Debug)]
struct Offer {
    value: &'static str,
    label: String,
    text: &'static str,
    is_chosen: bool,
}

pub(super) fn routes() -> Vec<Route> {
    const NEW: &str = "/organisations/{org}/tenants/new";
    const CHECK: &str = "/organisations/{org}/tenants/new/check";
    vec![
        Route::page("GET", NEW, Right::Operate, get(show), "new_tenant_page"),
        Route::page("POST", NEW, Right::Operate, post(send), "new_tenant_form"),
        Route::page("POST", CHECK, Right::Operate, post(check), "new_tenant_check").repeats(),
    ]
}

/// Where the form is sent.
fn action(org: &str) -> String {
    format!("/organisations/{org}/tenants/new")
}

/// Shows the form.
async fn show(seat: Seat, At(org): At<String>) -> Result<Response, ApiError> {
    let typed = Typed::default();
    let answer = Answer::nothing(&org, Said::default());
    page(&NewPage::of(seat, org, (typed, answer)).await?)
}

/// Says what is wrong with what was typed, and what will be created. For scripts only that; else the form
/// with it.
async fn check(
    seat: Seat,
    At(org): At<String>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let answer = looked_at(&seat, &org, &typed).await?;
    if is_by_script(&headers) {
        return page(&answer);
    }
    let status =
        if answer.said.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &NewPage::of(seat, org, (typed, answer)).await?)
}

/// Makes it, or shows the form again.
async fn send(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let said = match typed.request() {
        Ok(request) => match engine.create_tenant(&seat.context.actor, &org, &request).await {
            Ok(operation) => return Ok(to_operation(&org, &operation.id.to_string())),
            Err(error) => of_failure(error, &request)?,
        },
        Err(said) => said,
    };
    let answer = Answer::nothing(&org, said_of_password(said, &typed));
    let form = NewPage::of(seat, org, (typed, answer)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
}

/// A password does not come back, and whoever typed one has to know.
fn said_of_password(mut said: Said, typed: &Typed) -> Said {
    if typed.has_password() && said.at("admin_password").is_none() {
        let text = "It was not kept. Type it again.".to_owned();
        said.fields.push(("admin_password".to_owned(), text));
    }
    said
}

/// Has the engine look at a request.
async fn looked_at(seat: &Seat, org: &str, typed: &Typed) -> Result<Answer, ApiError> {
    if typed.is_without_name() {
        return Ok(Answer::nothing(org, Said::default()));
    }
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let request = match typed.request() {
        Ok(request) => request,
        Err(said) => return Ok(Answer::nothing(org, said)),
    };
    match engine.plan_create(actor, org, &request).await {
        Ok(plan) => {
            let took = engine.took(actor, org, OperationKind::TenantCreate).await?;
            let command = command::written(org, &request);
            let free = plan.settings.get("url").cloned();
            let panel = Panel::of(&request.name, &plan, (took, command));
            Ok(Answer { panel, said: Said::default(), free, action: action(org) })
        }
        Err(error) => Ok(Answer::nothing(org, of_failure(error, &request)?)),
    }
}

/// What a failure says of the form. One of Berth itself is none of the form's.
fn of_failure(error: EngineError, request: &CreateTenant) -> Result<Said, ApiError> {
    let said =
        |field: &str, text: String| Said { whole: None, fields: vec![(field.to_owned(), text)] };
    match error {
        EngineError::Invalid(problems) => Ok(placed(Said::about(&problems), &FIELDS)),
        EngineError::NameTaken { message, .. } => Ok(said("name", capitalised(&message))),
        error if matches!(error.kind(), Kind::Unavailable | Kind::Conflict) => {
            Ok(Said { whole: Some(format!("It cannot be said now: {error}.")), fields: Vec::new() })
        }
        EngineError::NoRight(_) if request.addons.is_some() => {
            Ok(said("addons", "You may not lend folders of the host.".to_owned()))
        }
        EngineError::NoRight(_) if request.own_cluster => {
            Ok(said("own_cluster", "You may not give tenants servers of their own.".to_owned()))
        }
        error => Err(error.into()),
    }
}

impl Answer {
    /// Nothing is known yet of what will be created.
    fn nothing(org: &str, said: Said) -> Self {
        Self { panel: Panel::without_plan(&said), said, free: None, action: action(org) }
    }

    /// The fields, with what is said of each.
    fn fields(&self) -> Vec<(&'static str, Option<&str>)> {
        FIELDS.iter().map(|field| (*field, self.said.at(field))).collect()
    }
}

impl NewPage {
    async fn of(
        seat: Seat,
        org: String,
        (typed, answer): (Typed, Answer),
    ) -> Result<Self, ApiError> {
        let engine = seat.context.engine.clone();
        let actor = seat.context.actor.clone();
        let defaults = engine.defaults(&actor, &org).await?;
        let overview = engine.overview(&actor, &org).await?;
        Ok(Self {
            base: action(&org),
            may_lend: seat.may(Right::Installation),
            defaults: Offered::of(defaults, &typed),
            shell: seat.shell(&overview, (Nav::Fleet, "New tenant".to_owned())).await?,
            typed,
            answer,
        })
    }
}

impl Offered {
    fn of(defaults: Defaults, typed: &Typed) -> Self {
        let chosen = typed.stage();
        let stage = |stage: Stage| Offer {
            value: stage.as_str(),
            label: capitalised(stage.as_str()),
            text: about(stage),
            is_chosen: chosen.unwrap_or(defaults.stage.as_str()) == stage.as_str(),
        };
        Self {
            stages: Stage::ALL.into_iter().map(stage).collect(),
            base_domain: defaults.base_domain,
            image: defaults.image,
            images: defaults.images,
            language: defaults.language,
            time_zone: defaults.time_zone,
            cpu: defaults.limits.cpu_written(),
            memory: defaults.limits.memory.to_string(),
            pids: defaults.limits.pids,
        }
    }
}

const fn about(stage: Stage) -> &'static str {
    match stage {
        Stage::Production => "People work in it. Started first after a restart",
        Stage::Staging => "To try a change on before it goes live",
        Stage::Development => "May have addons from a folder of the host",
        Stage::Test => "To try things out",
    }
}

#[cfg(test)]
mod tests;
