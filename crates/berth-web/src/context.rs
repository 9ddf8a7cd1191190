//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use berth_domain::access::{Place, Right};
use berth_domain::audit::Origin;
use berth_domain::{Actor, IdSource};
use berth_engine::Engine;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::access::Caller;
use crate::error::ApiError;
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
    caller: Caller,
    place: Place,
}

impl Context {
    /// Refuses what the caller has no right to, and writes down that they asked for it: by the name
    /// that the route has in the description of the API.
    pub(crate) async fn demand(&self, right: Right, route: &str) -> Result<(), ApiError> {
        if self.caller.may(right, self.place) {
            return Ok(());
        }
        let asked = (route, self.request.path.as_str());
        if let Err(error) = self.engine.note_denied(&self.actor, self.place, asked).await {
            tracing::error!(actor = %self.actor, route, %error, "cannot write down who was refused");
        }
        Err(ApiError::NoRight)
    }
}

impl FromRequestParts<WebState> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        // All are put there before a handler is called; without them nothing may be done.
        let caller = parts.extensions.get::<Caller>().ok_or(ApiError::Forbidden)?;
        let request = parts.extensions.get::<RequestInfo>().ok_or(ApiError::Forbidden)?;
        let place = parts.extensions.get::<Place>().ok_or(ApiError::Forbidden)?;
        Ok(Self {
            engine: state.engine.asked_by(Origin::socket(request.id.clone())),
            actor: caller.actor.clone(),
            stop: state.stop.clone(),
            request: request.clone(),
            caller: caller.clone(),
            place: *place,
        })
    }
}
