//! All of them.

use askama::Template;
use axum::response::Response;
use berth_engine::EngineError;
use berth_engine::request::PageRequest;
use http::StatusCode;
use serde::Deserialize;

use super::row::QuotaRow;
use super::{all, one};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::form::filled;
use crate::pages::html::{page, page_with};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};

/// How many a page has.
const PAGE: u32 = 50;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    after: Option<String>,
}

/// Quotas.
#[derive(Debug, Template)]
#[template(path = "quotas.html")]
struct QuotasPage {
    shell: Shell,
    /// Each with the address at which it is set.
    rows: Vec<(QuotaRow, String)>,
    first: Option<String>,
    next: Option<String>,
    /// Whether whoever looks may change one.
    may_set: bool,
    /// Whether nobody owns a tenant or has a quota.
    has_no_owners: bool,
    /// Who was asked for, if there can be nobody of that name.
    owner: String,
    said: Said,
}

/// Lists them: that of the organisation first, whether there is one or not.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    page(&gather(seat, &org, query, (String::new(), Said::default())).await?)
}

/// Lists them again, because nobody can be called what was typed.
pub(super) async fn again(
    seat: Seat,
    org: &str,
    (owner, error): (Option<String>, EngineError),
) -> Result<Response, ApiError> {
    let typed = (owner.unwrap_or_default(), Said::of(error)?);
    let again = gather(seat, org, Query::default(), typed).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

async fn gather(
    seat: Seat,
    org: &str,
    query: Query,
    (owner, said): (String, Said),
) -> Result<QuotasPage, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let after = filled(query.after);
    let first = after.is_some().then(|| all(org));
    let own = engine.quota(&actor, org, None).await?;
    let request = PageRequest { after, limit: Some(PAGE), sort: None };
    let listed = engine.quotas(&actor, org, &request).await?;
    let owners = listed.items.into_iter().filter(|view| view.owner.is_some());
    let views = first.is_none().then_some(own).into_iter().chain(owners);
    let row = |view| {
        let row = QuotaRow::of(&view);
        let to = one(org, row.owner.as_deref());
        (row, to)
    };
    let rows: Vec<_> = views.map(row).collect();
    let overview = engine.overview(&actor, org).await?;
    Ok(QuotasPage {
        has_no_owners: first.is_none() && rows.len() == 1,
        rows,
        first,
        next: listed.next.as_deref().map(|after| link(&all(org), [("after", Some(after))])),
        may_set: seat.is_operator(),
        owner,
        said,
        shell: seat.shell(&overview, (Nav::Organisation, "Quotas".to_owned())).await?,
    })
}
