//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use berth_domain::access::{Place, Right};
use berth_domain::audit::Origin;
use berth_domain::{Actor, IdSource, TokenId};
use berth_engine::request::Known;
use berth_engine::{Asker, Engine, Once};
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::access::{Caller, Remote};
use crate::console::Rules;
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
    /// What holds over TCP. `None`: this is the Unix socket.
    pub(crate) console: Option<Arc<Rules>>,
}

/// The engine, and on whose behalf it is called.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) engine: Engine,
    pub(crate) actor: Actor,
    pub(crate) request: RequestInfo,
    /// What the tenant must still be that is changed.
    pub(crate) known: Option<Known>,
    place: Place,
    token: Option<TokenId>,
    stop: CancellationToken,
}

impl Context {
    /// Refuses what the caller has no right to, and writes down that they asked for it: by the name
    /// that the route has in the description of the API.
    pub(crate) async fn demand(&self, right: Right, route: &str) -> Result<(), ApiError> {
        let route = (route, self.request.path.as_str());
        Ok(self.engine.admit(&self.actor, (right, self.place), route).await?)
    }

    /// Waits until nothing more may be sent to whoever stays: Berth stops, or the token that they showed
    /// is not good any more.
    pub(crate) async fn over(&self) -> ApiError {
        let void = async {
            match self.token {
                Some(token) => self.engine.until_void(token).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => ApiError::Stopping,
            () = void => ApiError::BadToken,
        }
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
        let origin = match parts.extensions.get() {
            Some(Remote(address)) => Origin::tcp(request.id.clone(), *address),
            None => Origin::socket(request.id.clone()),
        };
        let origin = origin.with(caller.token);
        let once = parts.extensions.get::<Once>().cloned();
        Ok(Self {
            engine: state.engine.asked_by(Asker { origin, grants: caller.grants.clone(), once }),
            actor: caller.actor.clone(),
            request: request.clone(),
            known: if_match::read(parts)?,
            place: *place,
            token: caller.token,
            stop: state.stop.clone(),
        })
    }
}
