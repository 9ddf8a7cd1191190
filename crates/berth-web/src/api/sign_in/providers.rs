//! `/api/v1/sign-in/providers`: signing in at foreign providers.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::Returned;
use berth_engine::view::{Arrival, Arrived, Begun};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access;
use crate::context::{Visit, WebState};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Where the browser goes on in the end.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Onwards {
    /// A path of the console. Left out: `/`.
    pub(crate) next: Option<String>,
}

/// What a provider adds to the address at which the browser comes back.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "for the description: the engine reads the query as it is")]
pub(crate) struct ProvidersAnswer {
    /// What the sign-in was begun with.
    state: String,
    /// What is traded for who somebody is.
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The issuer.
    iss: Option<String>,
}

/// Lists the providers, in the order in which they are configured.
pub(crate) async fn list(
    axum::extract::State(state): axum::extract::State<WebState>,
) -> Json<api::List<api::SignInProvider>> {
    let providers = state.engine.sign_in_providers();
    let items = providers.into_iter().map(present::sign_in_provider).collect();
    Json(api::List { items, next: None })
}

/// Sends the browser to a provider, and has it hold what it must come back with.
pub(crate) async fn begin(
    visit: Visit,
    At(provider): At<String>,
    Asked(Onwards { next }): Asked<Onwards>,
) -> Result<Response, ApiError> {
    let Begun { url, held } = visit.engine.begin_foreign(&provider, next.as_deref()).await?;
    Ok(onwards(&url, [access::away(&held)]))
}

/// Takes whoever comes back, by the cookie and not by what they were before.
pub(crate) async fn callback(
    visit: Visit,
    At(provider): At<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, ApiError> {
    access::refuse_embedded(&headers)?;
    let query = uri.query().unwrap_or_default().into();
    let returned = Returned { held: access::shown_away(&headers), query };
    let arrived = visit.engine.finish_foreign(&visit.whence, &provider, &returned).await?;
    let Arrived { arrival, next } = arrived;
    let back = access::cleared_away();
    Ok(match arrival {
        Arrival::SignedIn(new) => {
            let lasts = new.session.ends_at.as_second() - new.session.created_at.as_second();
            onwards(next.as_str(), [access::held(&new.secret, lasts), back])
        }
        Arrival::Linked => onwards(next.as_str(), [back]),
    })
}

fn onwards<const N: usize>(to: &str, cookies: [HeaderValue; N]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    // Both kinds of addresses are written in plain ASCII.
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, to);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
