//! `POST /api/v1/people/{person}/reset`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_domain::Problems;
use berth_engine::EngineError;
use berth_engine::request::Reset;
use http::header;
use secrecy::ExposeSecret as _;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Takes from somebody what they prove themselves with.
pub(crate) async fn reset(
    context: Context,
    At(who): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::PersonReset>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let what = what(body)?;
    if dry_run {
        return Ok(planned(engine.plan_reset(&actor, &who, what).await?));
    }
    let code = engine.reset_person(&actor, &who, what).await?;
    let code = code.map(|code| code.expose_secret().to_owned());
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(api::PersonWasReset { code })).into_response())
}

fn what(api::PersonReset { only }: api::PersonReset) -> Result<Reset, EngineError> {
    let Some(only) = only else { return Ok(Reset::Everything) };
    let mut problems = Problems::default();
    let what = problems.one_of("only", &only, Reset::ALL, Reset::as_str);
    what.ok_or(EngineError::Invalid(problems))
}
