//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use berth_domain::{Actor, IdSource};
use berth_engine::Engine;
use berth_engine::request::Known;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::access::Caller;
use crate::error::ApiError;
use crate::if_match;
use crate::request::RequestInfo;

/// What all requests share.
#[derive(Debug, Clone)]
pub(crate) struct WebState {
    pub(crate) engine: Engine,
    pub(crate) metrics: Arc<Registry>,
    pub(crate) ids: Arc<dyn IdSource>,
    /// Ends streams that would never end by themselves.
    pub(crate) stop: CancellationToken,
}

/// The engine, and on whose behalf it is called.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) engine: Engine,
    pub(crate) actor: Actor,
    pub(crate) stop: CancellationToken,
    pub(crate) request: RequestInfo,
    /// What the tenant must still be that is changed.
    pub(crate) known: Option<Known>,
}

impl FromRequestParts<WebState> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        // Both are put there before any route is looked at; without them nothing may be done.
        let caller = parts.extensions.get::<Caller>().ok_or(ApiError::Forbidden)?;
        let request = parts.extensions.get::<RequestInfo>().ok_or(ApiError::Forbidden)?;
        Ok(Self {
            engine: state.engine.clone(),
            actor: caller.actor.clone(),
            stop: state.stop.clone(),
            request: request.clone(),
            known: if_match::read(parts)?,
        })
    }
}
