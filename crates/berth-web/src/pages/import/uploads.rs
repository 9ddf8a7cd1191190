//! Backups that were sent in and wait, and sending one.

use std::time::Duration;

use askama::Template;
use axum::extract::Request;
use axum::response::Response;
use berth_domain::Timestamp;
use berth_engine::request::{PageRequest, SendUpload};
use berth_engine::view::UploadView;
use berth_engine::{EngineError, Kind};
use http::StatusCode;
use serde::Deserialize;

use super::{UploadPath, all, multipart, one};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::ask::{Question, ask, ask_again};
use crate::pages::form::{Form, Nothing, filled};
use crate::pages::html::{page_with, see_other};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{ago, capitalised, size, who};

/// How many a page has.
const PAGE: u32 = 50;
/// The field of the form that has the file.
pub(in crate::pages) const FIELD: &str = "backup";

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    after: Option<String>,
}

/// What the address says to which a file is sent: the key by which that is known again (`once.rs`).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sent {
    #[serde(rename = "once")]
    _once: Option<String>,
}

/// The backups that wait.
#[derive(Debug, Template)]
#[template(path = "uploads.html")]
struct UploadsPage {
    shell: Shell,
    rows: Vec<Row>,
    largest: String,
    kept: String,
    next: Option<String>,
    said: Said,
}

/// One of them, worded.
#[derive(Debug)]
struct Row {
    id: String,
    name: String,
    size: String,
    sent: String,
    by: String,
    /// What makes a tenant of it just now.
    operation: Option<String>,
}

impl Row {
    fn of(view: &UploadView, now: Timestamp) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name.clone(),
            size: size(view.size),
            sent: ago(view.created_at, now),
            by: who(&view.created_by.to_string()),
            operation: view.used_by.map(|id| id.to_string()),
        }
    }
}

/// Lists them, oldest first.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    let shown = UploadsPage::of(seat, &org, (query, Said::default())).await?;
    page_with(StatusCode::OK, &shown)
}

/// Takes one in while it arrives, and goes on to what is made of it.
pub(crate) async fn send(
    seat: Seat,
    At(org): At<String>,
    Asked(_): Asked<Sent>,
    request: Request,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    // That there is such an organisation is known before anything is read for it.
    engine.overview(&seat.context.actor, &org).await?;
    let file = multipart::file(request, FIELD).await?;
    let wanted = SendUpload { name: file.name, length: file.length };
    match engine.send_upload(&seat.context.actor, &org, &wanted, file.content).await {
        Ok(upload) => Ok(see_other(&one(&org, &upload.id.to_string()))),
        Err(error) => {
            let (status, said) = refused(error)?;
            page_with(status, &UploadsPage::of(seat, &org, (Query::default(), said)).await?)
        }
    }
}

/// What a refusal says of the form.
fn refused(error: EngineError) -> Result<(StatusCode, Said), ApiError> {
    if error.kind() == Kind::TooLarge {
        let hint = error.hint().map(|hint| format!(" {}.", capitalised(&hint))).unwrap_or_default();
        let text = format!("{}.{hint}", capitalised(&error.to_string()));
        let said = Said { whole: None, fields: vec![(FIELD.to_owned(), text)] };
        return Ok((StatusCode::PAYLOAD_TOO_LARGE, said));
    }
    let mut said = Said::of(error)?;
    for (field, text) in &mut said.fields {
        // What the engine calls the body is the file here.
        FIELD.clone_into(field);
        *text = capitalised(text);
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, said))
}

impl UploadsPage {
    async fn of(seat: Seat, org: &str, (query, said): (Query, Said)) -> Result<Self, ApiError> {
        let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
        let request = PageRequest { after: filled(query.after), limit: Some(PAGE), sort: None };
        let listed = engine.uploads(&actor, org, &request).await?;
        let overview = engine.overview(&actor, org).await?;
        let (rules, now) = (engine.upload_rules(), engine.now());
        let next = listed.next.as_deref().map(|next| link(&all(org), [("after", Some(next))]));
        Ok(Self {
            rows: listed.items.iter().map(|view| Row::of(view, now)).collect(),
            largest: size(rules.largest),
            kept: in_words(rules.kept),
            next,
            said,
            shell: seat.shell(&overview, (Nav::Fleet, "Import a backup".to_owned())).await?,
        })
    }
}

/// `24 hours`, `7 days`.
fn in_words(kept: Duration) -> String {
    match kept.as_secs() / 3600 {
        1 => "an hour".to_owned(),
        hours if hours > 24 && hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

/// Asks before one goes.
pub(crate) async fn ask_to_remove(
    seat: Seat,
    At((org, id)): At<UploadPath>,
) -> Result<Response, ApiError> {
    let question = question(&seat, (&org, &id)).await?;
    ask(shell(seat, &org, &question).await?, question)
}

/// Removes one.
pub(crate) async fn remove(
    seat: Seat,
    At((org, id)): At<UploadPath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let question = question(&seat, (&org, &id)).await?;
    match seat.context.engine.remove_upload(&seat.context.actor, &org, &id, false).await {
        Ok(_) => Ok(see_other(&all(&org))),
        Err(error) => {
            let said = Said::of(error)?;
            ask_again(shell(seat, &org, &question).await?, question, said)
        }
    }
}

async fn question(seat: &Seat, (org, id): (&str, &str)) -> Result<Question, ApiError> {
    let upload = seat.context.engine.upload(&seat.context.actor, org, id).await?;
    Ok(Question {
        title: "Remove a backup that was sent in".to_owned(),
        above: vec![(all(org), "Import a backup".to_owned())],
        effects: vec![format!("{}, {}, is gone from this server", upload.name, size(upload.size))],
        stays: "The file where it came from, and tenants that were made of it, stay as they are.",
        to: format!("/organisations/{org}/uploads/{id}/remove"),
        button: "Remove it",
        keep: "Keep it",
        is_grave: true,
        ..Question::default()
    })
}

async fn shell(seat: Seat, org: &str, question: &Question) -> Result<Shell, ApiError> {
    let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
    seat.shell(&overview, (Nav::Fleet, question.title.clone())).await
}
