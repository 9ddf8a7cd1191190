//! `/organisations/{org}/tenants/{name}/shell`: something is run in a tenant, once, and what came of it.
//!
//! # Invariants
//!
//! * No shell reads what is typed: SQL and Python are given as input, a command as a list of arguments.
//! * What is typed and what comes of it is on the page and nowhere else: not in the log, not in the audit, and
//!   not kept for whoever sends the form again.
//! * Nothing is unbounded: what is typed, what is shown, how long anybody waits.
//!
//! Deliberately absent: a terminal (ADR 0033).

mod note;
mod ran;
#[cfg(test)]
mod tests;
mod typed;

use askama::Template;
use axum::response::Response;
use berth_domain::Bytes as Size;
use berth_engine::EngineError;
use berth_engine::view::KnownTenant;
use berth_runtime::ExecSession;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::TenantPath;
use super::frame::{Frame, Page};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::Form;
use crate::pages::html::{page_around, page_or_part, page_with};
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::size;
use crate::request::RequestInfo;
use note::Note;
use ran::{MOST_SAID, Outcome, PATIENCE};
use typed::{MOST_TYPED, Way};

pub(in crate::pages) use typed::Typed;

/// The form, and below it what came of it.
#[derive(Template)]
#[template(path = "tenant_shell.html", blocks = ["top"])]
struct ShellPage {
    shell: Shell,
    frame: Frame,
    ways: Vec<Choice>,
    script: String,
    said: Said,
    note: Option<Note>,
    limits: String,
    commands: String,
    /// Whether something was begun, whose end comes behind the head of the page.
    runs: bool,
}

/// What can run it, for people.
#[derive(Debug)]
struct Choice {
    value: &'static str,
    label: &'static str,
    text: &'static str,
    is_chosen: bool,
}

/// What is shown beside what was typed.
#[derive(Default)]
struct Told {
    said: Said,
    note: Option<Note>,
    runs: bool,
}

/// Something that was begun, and what is given to it.
type Begun = (ExecSession, Bytes);

/// Shows the form.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = seat.context.engine.known_tenant(&seat.context.actor, &org, &name).await?;
    let told = Told { note: Note::of_state(&known.tenant.tenant), ..Told::default() };
    let shown = ShellPage::of(seat, (&org, &known), (Typed::default(), told)).await?;
    page_or_part(&headers, &shown, &shown.as_top())
}

/// Runs what was typed. The page begins when that has begun; its end is told in the same answer. Whoever goes
/// away takes the rest of the page with them, and with it the input of what runs.
pub(crate) async fn send(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let typed = typed.tidied();
    let context = seat.context.clone();
    let known = context.engine.known_tenant(&context.actor, &org, &name).await?;
    match begin(&context, (&org, &name), &typed).await {
        Ok((session, given)) => {
            let told = Told { runs: true, ..Told::default() };
            let shown = ShellPage::of(seat, (&org, &known), (typed, told)).await?;
            page_around(&shown, async move {
                let ran = ran::follow((session, given), PATIENCE, context.over()).await;
                let in_words =
                    |error: &ApiError| note::in_sentences(&error.problem(&context.request));
                Outcome::of(ran, in_words).render()
            })
        }
        Err(error) => {
            let (status, told) = refused(&error, &context.request);
            page_with(status, &ShellPage::of(seat, (&org, &known), (typed, told)).await?)
        }
    }
}

/// Begins it, if whoever asks may do that.
async fn begin(
    context: &Context,
    (org, name): (&str, &str),
    typed: &Typed,
) -> Result<Begun, ApiError> {
    let wish = typed.wish().map_err(EngineError::Invalid)?;
    context.demand(wish.right, "tenant_shell_form").await?;
    let command = (wish.command, None);
    let session = context.engine.run_command(&context.actor, org, name, command).await?;
    Ok((session, wish.given))
}

/// Words a refusal for the page, on which everything that was typed stays.
fn refused(error: &ApiError, request: &RequestInfo) -> (StatusCode, Told) {
    if let ApiError::Engine(EngineError::Invalid(problems)) = error {
        let told = Told { said: Said::about(problems), ..Told::default() };
        return (StatusCode::UNPROCESSABLE_ENTITY, told);
    }
    let (status, note) = Note::of_refusal(error, request);
    (status, Told { note: Some(note), ..Told::default() })
}

impl ShellPage {
    async fn of(
        seat: Seat,
        (org, known): (&str, &KnownTenant),
        (typed, Told { said, note, runs }): (Typed, Told),
    ) -> Result<Self, ApiError> {
        let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
        let view = &known.tenant;
        let name = view.tenant.name.to_string();
        let may: Vec<Way> = Way::ALL.into_iter().filter(|way| seat.may(way.right())).collect();
        let chosen = typed.way().filter(|way| may.contains(way)).or(may.first().copied());
        let choice = |way: &Way| Choice {
            value: way.value(),
            label: way.label(),
            text: way.text(),
            is_chosen: Some(*way) == chosen,
        };
        Ok(Self {
            ways: may.iter().map(choice).collect(),
            commands: may.iter().map(|way| way.command(&name) + "\n").collect(),
            script: typed.script,
            said,
            note,
            limits: limits(),
            runs,
            frame: Frame::of(view, (org, &seat), Page::Shell),
            shell: seat.shell(&overview, (Nav::Fleet, format!("Shell of {name}"))).await?,
        })
    }
}

/// How much is taken, waited for and shown.
fn limits() -> String {
    format!(
        "At most {} are run from here, and waited for {} s; of what comes of it the first {} are shown.",
        size(Size(MOST_TYPED as u64)),
        PATIENCE.as_secs(),
        size(Size(MOST_SAID as u64)),
    )
}
