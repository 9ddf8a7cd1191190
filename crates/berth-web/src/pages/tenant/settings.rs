//! `/organisations/{org}/tenants/{name}/settings`: limits, stage and what is noted about a tenant.
//!
//! # Invariants
//!
//! * A form is about the tenant as it was shown: what somebody else changed since is said beside what was
//!   typed, and nothing is written before it was seen.
//! * Only what differs from what is in force is asked for.

mod typed;

use askama::Template;
use axum::response::Response;
use berth_domain::{Problems, Stage};
use berth_engine::request::{Known, Meant};
use berth_engine::view::KnownTenant;
use berth_engine::{EngineError, SetOutcome};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::TenantPath;
use super::frame::{Frame, Page};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::action::{Action, Actions, Choice};
use crate::pages::fleet;
use crate::pages::form::Form;
use crate::pages::html::{page_or_part, page_with, see_other};
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::to_operation;
use crate::pages::words::capitalised;
use typed::FIELDS;

pub(in crate::pages) use typed::Typed;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Before {
    /// Something was noted just now.
    noted: Option<String>,
}

/// What can be set.
#[derive(Debug, Template)]
#[template(path = "tenant_settings.html", blocks = ["top"])]
struct SettingsPage {
    shell: Shell,
    frame: Frame,
    version: String,
    is_noted: bool,
    /// Somebody else changed it meanwhile.
    is_other: bool,
    whole: Vec<String>,
    fields: Vec<Field>,
    notes: Field,
    stages: Vec<fleet::Choice>,
    stage: Field,
    /// What is asked before it is done, each on a page of its own.
    grave: Vec<Grave>,
}

/// One thing that can be set.
#[derive(Debug, Default)]
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    said: Vec<String>,
    /// What is in force, if somebody else made it another than was typed.
    now: Option<String>,
}

/// Something that should be thought about before.
#[derive(Debug)]
struct Grave {
    label: &'static str,
    says: &'static str,
    link: String,
    /// Whether something is lost by it.
    is_loss: bool,
}

/// What came of what was typed.
#[derive(Debug, Default)]
struct Told {
    problems: Problems,
    is_other: bool,
    is_noted: bool,
}

/// Shows what is in force.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Asked(before): Asked<Before>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = seat.context.engine.known_tenant(&seat.context.actor, &org, &name).await?;
    let typed = Typed::of(&known.tenant);
    let told = Told { is_noted: before.noted.is_some(), ..Told::default() };
    let shown = SettingsPage::of(seat, (&org, &known), (typed, told)).await?;
    page_or_part(&headers, &shown, &shown.as_top())
}

/// Sets what was typed and is another than what is in force.
pub(crate) async fn send(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let typed = typed.tidied();
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, &org, &name).await?;
    let (request, mut problems) = typed.request(&Typed::of(&known.tenant));
    let version = Known::OneOf(vec![typed.version.clone()]);
    let meant = Meant { name: &name, known: Some(&version) };
    let outcome = if problems.is_empty() {
        engine.set_tenant(&actor, &org, meant, &request).await.map(Some)
    } else {
        // What else is wrong is said as well.
        engine.plan_set(&actor, &org, meant, &request).await.map(|_| None)
    };
    let is_other = matches!(outcome, Err(EngineError::Changed { .. }));
    match outcome {
        Ok(Some(SetOutcome::Begun(operation))) => {
            return Ok(to_operation(&org, &operation.id.to_string()));
        }
        Ok(Some(SetOutcome::Noted(_))) => {
            let path = format!("{}/settings?noted=1", super::frame::base(&org, &name));
            return Ok(see_other(&path));
        }
        Ok(None) | Err(EngineError::Changed { .. }) => {}
        Err(EngineError::Invalid(more)) => add(&mut problems, more),
        Err(error) => return Err(error.into()),
    }
    let told = Told { problems, is_other, is_noted: false };
    let again = SettingsPage::of(seat, (&org, &known), (typed, told)).await?;
    let status = if is_other { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &again)
}

/// Adds what the engine found. That nothing else is asked for is no news beside something that is wrong.
fn add(problems: &mut Problems, more: Problems) {
    let is_first = problems.is_empty();
    problems.0.extend(more.0.into_iter().filter(|it| is_first || !it.field.is_empty()));
}

impl SettingsPage {
    async fn of(
        seat: Seat,
        (org, known): (&str, &KnownTenant),
        (typed, told): (Typed, Told),
    ) -> Result<Self, ApiError> {
        let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
        let view = &known.tenant;
        let now = Typed::of(view);
        let Told { problems, is_other, is_noted } = told;
        let field = |name: &'static str, label, hint| {
            let value = typed.field(name).to_owned();
            let other = Some(now.field(name)).filter(|now| is_other && **now != value);
            let other = other.map(|now| if now.is_empty() { "nothing" } else { now }.to_owned());
            Field { said: said(&problems, name), name, label, hint, now: other, value }
        };
        let (name, label, hint) = ("stage", "Stage", "");
        let stage = field(name, label, hint);
        let frame = Frame::of(view, (org, &seat), Page::Settings);
        Ok(Self {
            version: view.revision.as_str().to_owned(),
            is_noted,
            is_other,
            whole: said(&problems, ""),
            fields: FIELDS.iter().map(|(name, label, hint)| field(name, label, hint)).collect(),
            notes: field("notes", "Notes", "Only people read them."),
            stages: stages(&stage.value),
            stage,
            grave: grave(&frame.actions),
            frame,
            shell: seat
                .shell(&overview, (Nav::Fleet, format!("{} settings", view.tenant.name)))
                .await?,
        })
    }
}

/// Of what can be done to it, what is said here as well.
fn grave(actions: &Actions) -> Vec<Grave> {
    let of = |choice: &Choice| {
        let says = match choice.action? {
            Action::Rename => {
                "Another name, and another address where it had the usual one. Database and files stay."
            }
            Action::Archive => {
                "Nothing of it runs any more. Database and files are kept, and it can be brought back."
            }
            Action::Delete => {
                "It is closed at once, and gone for good when the grace period is over."
            }
            Action::Purge => "It is gone for good, at once.",
            _ => return None,
        };
        let link = format!("{}/{}", actions.base, choice.key);
        Some(Grave { label: choice.label, says, link, is_loss: choice.is_grave })
    };
    actions.choices.iter().filter_map(of).collect()
}

fn stages(chosen: &str) -> Vec<fleet::Choice> {
    let of = |stage: Stage| fleet::Choice {
        value: stage.as_str(),
        label: capitalised(stage.as_str()),
        is_chosen: chosen == stage.as_str(),
    };
    Stage::ALL.into_iter().map(of).collect()
}

/// What is wrong with a field of the form; with `""` what belongs to none.
fn said(problems: &Problems, name: &str) -> Vec<String> {
    let of_it = problems.0.iter().filter(|problem| typed::field_of(&problem.field) == name);
    of_it
        .map(|problem| {
            let hint = problem.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            format!("{}{hint}", capitalised(&problem.message))
        })
        .collect()
}
