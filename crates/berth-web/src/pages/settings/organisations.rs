//! `/organisations`: all of them, and a new one.

use askama::Template;
use axum::response::Response;
use berth_engine::request::{CreateOrganisation, ListOrganisations, PageRequest};
use berth_engine::view::OrganisationView;
use http::StatusCode;
use serde::Deserialize;

use crate::error::ApiError;
use crate::extract::Asked;
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with, see_other};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::ago;

/// How many a page has.
const PAGE: u32 = 100;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    text: Option<String>,
    after: Option<String>,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    name: String,
    #[serde(default)]
    title: Option<String>,
}

/// The organisations.
#[derive(Debug, Template)]
#[template(path = "organisations.html")]
struct OrganisationsPage {
    shell: Shell,
    text: String,
    rows: Vec<Row>,
    next: Option<String>,
    typed: Typed,
    said: Said,
}

/// One of them, worded.
#[derive(Debug)]
struct Row {
    name: String,
    title: String,
    tenants: u64,
    made: String,
}

impl Typed {
    fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_default()
    }
}

/// Lists them by name.
pub(crate) async fn show(seat: Seat, Asked(query): Asked<Query>) -> Result<Response, ApiError> {
    page(&gather(seat, query, (Typed::default(), Said::default())).await?)
}

/// Makes one.
pub(crate) async fn create(seat: Seat, Form(typed): Form<Typed>) -> Result<Response, ApiError> {
    let Typed { name, title } = &typed;
    let request = CreateOrganisation { name: name.trim().to_owned(), title: filled(title.clone()) };
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.create_organisation(actor, &request).await {
        Ok(made) => Ok(see_other(&format!("/organisations/{}/people", made.organisation.name))),
        Err(error) => {
            let said = Said::of(error)?;
            let again = gather(seat, Query::default(), (typed, said)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

async fn gather(
    seat: Seat,
    query: Query,
    (typed, said): (Typed, Said),
) -> Result<OrganisationsPage, ApiError> {
    let engine = seat.context.engine.clone();
    let request = ListOrganisations {
        text: filled(query.text.clone()),
        page: PageRequest { after: filled(query.after), limit: Some(PAGE), sort: None },
    };
    let listed = engine.organisations(&seat.context.actor, &request).await?;
    let now = engine.now();
    let text = query.text.unwrap_or_default();
    let row = |view: OrganisationView| Row {
        title: view.organisation.title.map(|title| title.to_string()).unwrap_or_default(),
        name: view.organisation.name.to_string(),
        tenants: view.tenants,
        made: ago(view.organisation.created_at, now),
    };
    let next = listed.next.as_deref().map(|after| {
        link("/organisations", [("text", Some(text.as_str())), ("after", Some(after))])
    });
    Ok(OrganisationsPage {
        rows: listed.items.into_iter().map(row).collect(),
        next,
        text,
        typed,
        said,
        shell: seat.shell_of_installation((Nav::Organisations, "Organisations".to_owned())).await?,
    })
}
