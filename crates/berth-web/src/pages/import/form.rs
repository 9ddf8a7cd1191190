//! What is made of a backup: the form, what will be created, and creating it.

use askama::Template;
use axum::response::Response;
use berth_domain::Stage;
use berth_domain::access::Right;
use berth_domain::operation::OperationKind;
use berth_engine::request::ImportTenant;
use berth_engine::view::{PlanView, TookView, UploadView};
use berth_engine::{EngineError, Kind};
use http::{HeaderMap, StatusCode};

use super::typed::{FIELDS, Typed, wrong};
use super::{UploadPath, all, one};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::fleet::Choice;
use crate::pages::form::Form;
use crate::pages::gate::is_by_script;
use crate::pages::html::{page, page_with};
use crate::pages::new_tenant::placed;
use crate::pages::operation::usually;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::to_operation;
use crate::pages::words::{ago, capitalised, size};

/// The form.
#[derive(Debug, Template)]
#[template(path = "import.html")]
struct ImportPage {
    shell: Shell,
    all: String,
    to: String,
    /// The backup: what it is called, and about it.
    file: String,
    about: String,
    /// What makes a tenant of it already.
    operation: Option<String>,
    base_domain: String,
    image: String,
    images: Vec<String>,
    stages: Vec<Choice>,
    /// Whether whoever looks lends folders of the host.
    may_lend: bool,
    typed: Typed,
    answer: Answer,
}

/// What is said of what was typed, and what will be created of it.
#[derive(Debug, Default, Template)]
#[template(path = "parts/import_answer.html")]
struct Answer {
    said: Said,
    plan: Vec<String>,
    facts: Vec<(&'static str, String)>,
    usual: Option<String>,
    check: String,
}

/// Shows the form.
pub(crate) async fn show(seat: Seat, At((org, id)): At<UploadPath>) -> Result<Response, ApiError> {
    let upload = seat.context.engine.upload(&seat.context.actor, &org, &id).await?;
    let answer = Answer::of(&org, &id, Said::default());
    page(&ImportPage::of(seat, (&org, &upload), (Typed::default(), answer)).await?)
}

/// Says what is wrong with what was typed, and what will be created. For scripts only that; else the form
/// with it.
pub(crate) async fn check(
    seat: Seat,
    At((org, id)): At<UploadPath>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let upload = seat.context.engine.upload(&seat.context.actor, &org, &id).await?;
    let answer = looked_at(&seat, (&org, &id), &typed).await?;
    if is_by_script(&headers) {
        return page(&answer);
    }
    let is_right = answer.said.is_empty();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &ImportPage::of(seat, (&org, &upload), (typed, answer)).await?)
}

/// Makes the tenant, or shows the form again.
pub(crate) async fn send(
    seat: Seat,
    At((org, id)): At<UploadPath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let upload = engine.upload(&actor, &org, &id).await?;
    let said = match typed.request(&id) {
        Ok(request) => match engine.import_tenant(&actor, &org, &request).await {
            Ok(operation) => return Ok(to_operation(&org, &operation.id.to_string())),
            Err(error) => of_failure(error, &request)?,
        },
        Err(said) => said,
    };
    let answer = Answer::of(&org, &id, said);
    let again = ImportPage::of(seat, (&org, &upload), (typed, answer)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

/// Has the engine look at a request, and at the backup.
async fn looked_at(
    seat: &Seat,
    (org, id): (&str, &str),
    typed: &Typed,
) -> Result<Answer, ApiError> {
    if typed.is_without_name() {
        return Ok(Answer::of(org, id, Said::default()));
    }
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let request = match typed.request(id) {
        Ok(request) => request,
        Err(said) => return Ok(Answer::of(org, id, said)),
    };
    match engine.plan_import(actor, org, &request).await {
        Ok(plan) => {
            let took = engine.took(actor, org, OperationKind::TenantImport).await?;
            Ok(Answer::of(org, id, Said::default()).with(&plan, took))
        }
        Err(error) => Ok(Answer::of(org, id, of_failure(error, &request)?)),
    }
}

/// What a failure says of the form. One of Berth itself is none of the form's.
fn of_failure(error: EngineError, request: &ImportTenant) -> Result<Said, ApiError> {
    match error {
        EngineError::Invalid(problems) => {
            let said = Said::about(&problems);
            let fields = said.fields.into_iter().map(|(field, text)| match field.as_str() {
                "allow_missing_modules" => ("missing_modules".to_owned(), text),
                _ => (field, text),
            });
            Ok(placed(Said { whole: said.whole, fields: fields.collect() }, &FIELDS))
        }
        EngineError::NameTaken { message, .. } => Ok(wrong("name", capitalised(&message))),
        EngineError::NoRight(_) if request.addons.is_some() => {
            Ok(wrong("addons", "You may not lend folders of the host.".to_owned()))
        }
        EngineError::NoRight(_) if request.own_cluster => {
            Ok(wrong("own_cluster", "You may not give tenants servers of their own.".to_owned()))
        }
        error if matches!(error.kind(), Kind::Unavailable | Kind::Conflict) => Ok(Said {
            whole: Some(format!("{}.", capitalised(&error.to_string()))),
            fields: Vec::new(),
        }),
        error => Err(error.into()),
    }
}

impl Answer {
    fn of(org: &str, id: &str, said: Said) -> Self {
        Self { said, check: format!("{}/check", one(org, id)), ..Self::default() }
    }

    fn with(self, plan: &PlanView, took: Option<TookView>) -> Self {
        let facts = [
            ("Address", "url"),
            ("Stage", "stage"),
            ("Image", "image"),
            ("Odoo of the backup", "backup_odoo"),
            ("Database", "backup_database"),
            ("Files", "backup_files"),
            ("Modules", "backup_modules"),
            ("Neutralized", "neutralized"),
        ];
        let fact =
            |(label, key): (&'static str, &str)| Some((label, plan.settings.get(key)?.clone()));
        Self {
            facts: facts.into_iter().filter_map(fact).collect(),
            plan: plan.actions.iter().map(|action| capitalised(&action.text)).collect(),
            usual: took.map(usually),
            ..self
        }
    }

    /// The fields, with what is said of each.
    fn fields(&self) -> Vec<(&'static str, Option<&str>)> {
        FIELDS.iter().map(|field| (*field, self.said.at(field))).collect()
    }
}

impl ImportPage {
    async fn of(
        seat: Seat,
        (org, upload): (&str, &UploadView),
        (typed, answer): (Typed, Answer),
    ) -> Result<Self, ApiError> {
        let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
        let defaults = engine.defaults(&actor, org).await?;
        let overview = engine.overview(&actor, org).await?;
        let chosen = if typed.stage.is_empty() { defaults.stage.as_str() } else { &typed.stage };
        let stage = |stage: Stage| Choice {
            value: stage.as_str(),
            label: capitalised(stage.as_str()),
            is_chosen: stage.as_str() == chosen,
        };
        let title = format!("Import {}", upload.name);
        Ok(Self {
            all: all(org),
            to: one(org, &upload.id.to_string()),
            about: format!("{}, sent {}", size(upload.size), ago(upload.created_at, engine.now())),
            file: upload.name.clone(),
            operation: upload.used_by.map(|id| id.to_string()),
            stages: Stage::ALL.into_iter().map(stage).collect(),
            base_domain: defaults.base_domain,
            image: defaults.image,
            images: defaults.images,
            may_lend: seat.may(Right::Installation),
            shell: seat.shell(&overview, (Nav::Fleet, title)).await?,
            typed,
            answer,
        })
    }
}
