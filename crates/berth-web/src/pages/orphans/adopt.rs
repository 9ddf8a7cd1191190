//! `/orphans/adopt`: a tenant is made of what is left of one.

use askama::Template;
use axum::response::Response;
use berth_domain::Stage;
use berth_engine::request::{AdoptOrphan, ListOrganisations};
use berth_engine::{EngineError, Kind};
use http::StatusCode;
use serde::Deserialize;

use crate::error::ApiError;
use crate::extract::Asked;
use crate::pages::fleet::Choice;
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with};
use crate::pages::new_tenant::placed;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::to_operation;
use crate::pages::words::capitalised;

/// The form.
#[derive(Debug, Template)]
#[template(path = "adopt.html")]
struct AdoptPage {
    shell: Shell,
    typed: Typed,
    organisation: String,
    said: Said,
    /// Those of which it can be, by name: as many as a list has.
    organisations: Vec<String>,
    stages: Vec<Choice>,
    base_domain: String,
    image: String,
    images: Vec<String>,
}

/// Which one is meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Query {
    orphan: String,
}

/// The fields, as they are sent. An empty one asks for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
    orphan: String,
    /// `None`: nobody has typed yet, and that of whoever looks is proposed.
    organisation: Option<String>,
    name: String,
    stage: String,
    host: String,
    image: String,
    addons: String,
}

/// The fields about which something may be said.
const FIELDS: [&str; 7] = ["orphan", "organisation", "name", "stage", "host", "image", "addons"];

impl Typed {
    fn has_more(&self) -> bool {
        [&self.host, &self.image, &self.addons].iter().any(|it| !it.is_empty())
    }

    /// What is asked of the engine.
    fn request(&self) -> AdoptOrphan {
        let text = |text: &str| filled(Some(text.to_owned()));
        AdoptOrphan {
            orphan: self.orphan.trim().to_owned(),
            name: self.name.trim().to_owned(),
            host: text(&self.host),
            image: text(&self.image),
            stage: text(&self.stage),
            addons: text(&self.addons).map(Into::into),
        }
    }
}

/// Shows the form.
pub(super) async fn show(
    seat: Seat,
    Asked(Query { orphan }): Asked<Query>,
) -> Result<Response, ApiError> {
    page(&AdoptPage::of(seat, Typed { orphan, ..Typed::default() }, Said::default()).await?)
}

/// Begins it, or shows the form again.
pub(super) async fn send(seat: Seat, Form(typed): Form<Typed>) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let organisation = typed.organisation.as_deref().unwrap_or_default().trim();
    let said = match engine.adopt_orphan(&actor, organisation, &typed.request()).await {
        Ok(operation) => return Ok(to_operation(organisation, &operation.id.to_string())),
        Err(error) => of_failure(error)?,
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &AdoptPage::of(seat, typed, said).await?)
}

/// What a failure says of the form. One of Berth itself is none of the form's.
fn of_failure(error: EngineError) -> Result<Said, ApiError> {
    let at = |field: &str, text: &str| Said {
        whole: None,
        fields: vec![(field.to_owned(), capitalised(text))],
    };
    match error {
        EngineError::Invalid(problems) => Ok(placed(Said::about(&problems), &FIELDS)),
        EngineError::NameTaken { message, .. } => Ok(at("name", &message)),
        error @ EngineError::NoSuchOrganisation(_) => Ok(at("organisation", &error.to_string())),
        error if matches!(error.kind(), Kind::Unavailable | Kind::Conflict) => Ok(Said {
            whole: Some(format!("{}.", capitalised(&error.to_string()))),
            fields: Vec::new(),
        }),
        error => Err(error.into()),
    }
}

impl AdoptPage {
    async fn of(seat: Seat, typed: Typed, said: Said) -> Result<Self, ApiError> {
        let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
        let all = engine.organisations(&actor, &ListOrganisations::default()).await?;
        let shell = seat.shell_of_installation((Nav::Orphans, "Adopt".to_owned())).await?;
        let defaults = engine.defaults(&actor, &shell.organisation).await?;
        let chosen = if typed.stage.is_empty() { defaults.stage.as_str() } else { &typed.stage };
        let stage = |stage: Stage| Choice {
            value: stage.as_str(),
            label: capitalised(stage.as_str()),
            is_chosen: stage.as_str() == chosen,
        };
        Ok(Self {
            organisations: all
                .items
                .into_iter()
                .map(|it| it.organisation.name.to_string())
                .collect(),
            stages: Stage::ALL.into_iter().map(stage).collect(),
            base_domain: defaults.base_domain,
            image: defaults.image,
            images: defaults.images,
            organisation: typed.organisation.clone().unwrap_or_else(|| shell.organisation.clone()),
            typed,
            shell,
            said,
        })
    }
}
