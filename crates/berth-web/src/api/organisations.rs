//! `/api/v1/organisations`

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod set;
pub(crate) mod show;
pub(crate) mod tenants;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_engine::view::OrganisationView;
use http::{StatusCode, header};

use crate::present;

/// An organisation and what stands for it.
fn shown(status: StatusCode, organisation: OrganisationView) -> Response {
    let etag = format!("\"{}\"", organisation.revision.as_str());
    (status, [(header::ETAG, etag)], Json(present::organisation(organisation))).into_response()
}
