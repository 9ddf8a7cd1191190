//! One of them, to be set.

use askama::Template;
use axum::response::Response;
use berth_domain::Problems;
use berth_engine::EngineError;
use berth_engine::request::SetQuota;
use berth_engine::view::QuotaView;
use http::StatusCode;
use serde::Deserialize;

use super::row::QuotaRow;
use super::{Whose, above, all, list, whose};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with, see_other};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::written;

/// What is typed. Empty: as much as anybody likes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// Empty: the organisation.
    #[serde(default)]
    owner: String,
    #[serde(default)]
    tenants: String,
    #[serde(default)]
    cpu: String,
    #[serde(default)]
    memory: String,
    #[serde(default)]
    storage: String,
}

/// A quota.
#[derive(Debug, Template)]
#[template(path = "quota.html")]
struct QuotaPage {
    shell: Shell,
    above: Vec<(String, String)>,
    /// Empty: the organisation.
    owner: String,
    row: QuotaRow,
    fields: Vec<Field>,
    /// Where it is taken away, if there is one to take.
    clear: Option<String>,
    said: Said,
}

/// A field of the form.
#[derive(Debug)]
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
}

impl Typed {
    fn of(view: &QuotaView) -> Self {
        let QuotaView { owner, quota, .. } = view;
        Self {
            owner: owner.as_ref().map(ToString::to_string).unwrap_or_default(),
            tenants: quota.tenants.map(|count| count.to_string()).unwrap_or_default(),
            cpu: quota.cpu_millis.map(cpu).unwrap_or_default(),
            memory: quota.memory.map(written).unwrap_or_default(),
            storage: quota.storage.map(written).unwrap_or_default(),
        }
    }

    fn read(&self) -> Result<SetQuota, EngineError> {
        let text = |text: &String| filled(Some(text.clone()));
        let tenants = text(&self.tenants).map(|count| count.parse());
        let Ok(tenants) = tenants.transpose() else {
            let mut problems = Problems::default();
            problems.add("tenants", "write a whole number, such as `10`");
            return Err(EngineError::Invalid(problems));
        };
        let (cpu, memory, storage) = (text(&self.cpu), text(&self.memory), text(&self.storage));
        Ok(SetQuota { tenants, cpu, memory, storage })
    }

    fn fields(self) -> Vec<Field> {
        let Self { owner: _, tenants, cpu, memory, storage } = self;
        let sizes = "Such as 64GiB. What tenants may use at most is counted.";
        [
            ("tenants", "Tenants", "How many there may be.", tenants),
            ("cpu", "Processor", "Cores, such as 8, 0.5 or 1500m.", cpu),
            ("memory", "Memory", sizes, memory),
            (
                "storage",
                "Storage",
                "Such as 500GiB. Storage limits of tenants are counted.",
                storage,
            ),
        ]
        .map(|(name, label, hint, value)| Field { name, label, hint, value })
        .into()
    }
}

/// `2`, `1500m`: as it is typed.
fn cpu(millis: u64) -> String {
    if millis.is_multiple_of(1000) { (millis / 1000).to_string() } else { format!("{millis}m") }
}

/// Shows it.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(Whose { owner }): Asked<Whose>,
) -> Result<Response, ApiError> {
    let owner = filled(owner);
    if let Err(error) = find(&seat, &org, owner.as_deref()).await {
        return list::again(seat, &org, (owner, error)).await;
    }
    page(&gather(seat, (&org, owner.as_deref()), (None, Said::default())).await?)
}

/// Sets it.
pub(crate) async fn set(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let owner = filled(Some(typed.owner.clone()));
    if let Err(error) = find(&seat, &org, owner.as_deref()).await {
        return list::again(seat, &org, (owner, error)).await;
    }
    let done = match typed.read() {
        Ok(request) => engine.set_quota(&actor, &org, owner.as_deref(), &request).await.map(drop),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other(&all(&org))),
        Err(error) => {
            let said = Said::of(error)?;
            let again = gather(seat, (&org, owner.as_deref()), (Some(typed), said)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

/// Whether somebody can be called so whose quota is asked for.
pub(super) async fn find(
    seat: &Seat,
    org: &str,
    owner: Option<&str>,
) -> Result<QuotaView, EngineError> {
    seat.context.engine.quota(&seat.context.actor, org, owner).await
}

async fn gather(
    seat: Seat,
    (org, owner): (&str, Option<&str>),
    (typed, said): (Option<Typed>, Said),
) -> Result<QuotaPage, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let view = engine.quota(&actor, org, owner).await?;
    let overview = engine.overview(&actor, org).await?;
    let title = format!("Quota of {}", whose(owner));
    let shell = seat.shell(&overview, (Nav::Organisation, title)).await?;
    let clear = format!("/organisations/{org}/quota/clear");
    Ok(QuotaPage {
        above: above(&shell),
        owner: owner.unwrap_or_default().to_owned(),
        row: QuotaRow::of(&view),
        clear: (!view.is_default).then(|| link(&clear, [("owner", owner)])),
        fields: typed.unwrap_or_else(|| Typed::of(&view)).fields(),
        said,
        shell,
    })
}
