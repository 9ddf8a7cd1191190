//! What every handler has at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use berth_domain::access::{Grants, Place, Right};
use berth_domain::audit::Origin;
use berth_domain::{Actor, IdSource};
use berth_engine::request::{Known, Whence};
use berth_engine::view::{Credential, SignedIn};
use berth_engine::{Asker, Engine, Once};
use http::header;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::access::{Caller, Remote};
use crate::console::Rules;
use crate::error::ApiError;
use crate::if_match;
use crate::request::RequestInfo;
use crate::server::{Configured, Web};

/// What all requests share.
#[derive(Debug, Clone)]
pub(crate) struct WebState {
    pub(crate) engine: Engine,
    pub(crate) metrics: Arc<Registry>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) configured: Arc<Vec<Configured>>,
    /// Ends streams that would never end by themselves.
    pub(crate) stop: CancellationToken,
    /// What holds over TCP. `None`: this is the Unix socket.
    pub(crate) console: Option<Arc<Rules>>,
}

impl WebState {
    pub(crate) fn new(web: Web, stop: CancellationToken, console: Option<Arc<Rules>>) -> Self {
        let Web { engine, metrics, ids, configured } = web;
        Self { engine, metrics, ids, configured, stop, console }
    }

    /// What requests of a test share.
    #[cfg(test)]
    pub(crate) fn of(engine: Engine) -> Self {
        let web = Web {
            engine,
            metrics: Arc::new(Registry::default()),
            ids: Arc::new(berth_testkit::RandomIds),
            configured: Arc::new(Vec::new()),
        };
        Self::new(web, CancellationToken::new(), None)
    }
}

/// Where a request is about to do something, and what the organisation is called in its path.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) place: Place,
    /// `None`: it names none.
    pub(crate) organisation: Option<String>,
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
    /// What the organisation is called there, whether there is one or not.
    organisation: Option<String>,
    grants: Grants,
    credential: Option<Credential>,
    stop: CancellationToken,
}

impl Context {
    /// Refuses what the caller has no right to, and writes down that they asked for it: by the name
    /// that the route has in the description of the API.
    pub(crate) async fn demand(&self, right: Right, route: &str) -> Result<(), ApiError> {
        let route = (route, self.request.path.as_str());
        let org = self.organisation.as_deref();
        Ok(self.engine.admit(&self.actor, (right, self.place), org, route).await?)
    }

    /// Waits until nothing more may be sent to whoever stays: Berth stops, or what they showed is not
    /// good any more, or they may do other things by now.
    pub(crate) async fn over(&self) -> ApiError {
        let void = async {
            match self.credential {
                Some(shown) => self.engine.until_void(shown, &self.grants).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => ApiError::Stopping,
            () = void => match self.credential {
                Some(Credential::Session(_)) => ApiError::BadSession,
                Some(Credential::Token(_)) | None => ApiError::BadToken,
            },
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
        let Named { place, organisation } =
            parts.extensions.get::<Named>().ok_or(ApiError::Forbidden)?;
        let origin = origin(parts, request).with(caller.token);
        let once = parts.extensions.get::<Once>().cloned();
        Ok(Self {
            engine: state.engine.asked_by(Asker {
                origin,
                grants: caller.grants.clone(),
                shown: caller.credential(),
                once,
            }),
            actor: caller.actor.clone(),
            request: request.clone(),
            known: if_match::read(parts)?,
            place: *place,
            organisation: organisation.clone(),
            grants: caller.grants.clone(),
            credential: caller.credential(),
            stop: state.stop.clone(),
        })
    }
}

/// By which way a request came.
fn origin(parts: &Parts, request: &RequestInfo) -> Origin {
    match parts.extensions.get() {
        Some(Remote(address)) => Origin::tcp(request.id.clone(), *address),
        None => Origin::socket(request.id.clone()),
    }
}

/// The engine for whoever is at one of the doors, or looks after their own account: by which way they
/// come, and whether they are signed in. Whether they still are is looked up by what `me` is passed to.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) engine: Engine,
    pub(crate) whence: Whence,
    pub(crate) me: Option<SignedIn>,
}

impl Visit {
    /// Whoever is signed in, where the route takes somebody who is.
    pub(crate) fn me(&self) -> Result<&SignedIn, ApiError> {
        self.me.as_ref().ok_or(ApiError::NoAccount)
    }
}

impl FromRequestParts<WebState> for Visit {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        let request = parts.extensions.get::<RequestInfo>().ok_or(ApiError::Forbidden)?;
        let caller = parts.extensions.get::<Caller>();
        // Nobody has no rights; what the doors do is theirs to allow.
        let nobody = Grants::Memberships(BTreeMap::new());
        let grants = caller.map_or(nobody, |caller| caller.grants.clone());
        let origin = origin(parts, request);
        let user_agent = parts.headers.get(header::USER_AGENT);
        let user_agent = user_agent.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let address = parts.extensions.get::<Remote>().map(|Remote(address)| *address);
        if_match::read(parts)?;
        Ok(Self {
            engine: state.engine.asked_by(Asker { origin, grants, shown: None, once: None }),
            whence: Whence { address, user_agent },
            me: parts.extensions.get::<Caller>().and_then(|caller| caller.me.clone()),
        })
    }
}
