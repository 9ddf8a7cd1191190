//! Who is at the other end, and whether they may.

use axum::RequestExt as _;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;
use berth_domain::access::{Place, Right};
use berth_engine::EngineError;
use http::{HeaderMap, Method, header};

use crate::access::{self, Caller, Remote};
use crate::context::{Context, Named, WebState};
use crate::error::ApiError;
use crate::listener::Gated;
use crate::pages;
use crate::routes::{self, Needs};

/// The user of a connection, as the kernel knows it (`SO_PEERCRED`, unix(7)). `None` when it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<u32>);

impl Connected<IncomingStream<'_, Gated>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Gated>) -> Self {
        Self(stream.io().uid())
    }
}

/// Lets in who may speak at all, before anything else looks at the request: whoever shows a token or a
/// session that is good, and who shows none by the user of the connection. Who shows one that is not
/// good is nobody, whatever the connection says.
///
/// Over TCP nobody is let in until somebody claimed the installation. Nobody gets as far as the few routes at which people prove who they are (`routes::OPEN`).
pub(crate) async fn admit(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let uid = peer.and_then(|ConnectInfo(peer)| peer.0);
    let remote = request.extensions().get().copied();
    if let (Some(rules), false) =
        (&state.console, routes::is_before_claim(request.method(), request.uri().path()))
        && let Err(error) = rules.demand_claim(&state.engine).await
    {
        return pages::refuse(error, request).await;
    }
    let is_open = routes::is_open(request.method(), request.uri().path());
    if routes::is_return(request.method(), request.uri().path()) {
        // It comes from another site, as nothing else may (`docs/adr/0021` says why it is safe).
        return next.run(request).await;
    }
    match caller(&state, (request.method(), request.headers()), (uid, remote)).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        // A session that is over keeps nobody from signing in again.
        Err(ApiError::Forbidden | ApiError::NoToken | ApiError::BadSession) if is_open => {
            next.run(request).await
        }
        // The page that says so is to look like one.
        Err(ApiError::Engine(EngineError::Store(_)))
            if routes::is_asset(request.method(), request.uri().path()) =>
        {
            next.run(request).await
        }
        Err(error) => pages::refuse(error, request).await,
    }
}

async fn caller(
    state: &WebState,
    (method, headers): (&Method, &HeaderMap),
    (uid, remote): (Option<u32>, Option<Remote>),
) -> Result<Caller, ApiError> {
    match access::by_headers(&state.engine, method, headers).await {
        Ok(Some(caller)) => return Ok(caller),
        // Over TCP nobody is anybody by their connection.
        Ok(None) if remote.is_some() => return Err(ApiError::NoToken),
        Ok(None) => {}
        Err(ApiError::BadToken) => return Err(refused(state, remote, headers)),
        Err(error) => return Err(error),
    }
    let own = rustix::process::geteuid().as_raw();
    uid.and_then(|uid| Caller::local(uid, own)).ok_or(ApiError::Forbidden)
}

/// Whoever may open the socket is not slowed down.
fn refused(state: &WebState, remote: Option<Remote>, headers: &HeaderMap) -> ApiError {
    let shown = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    match (remote, &state.console) {
        (Some(Remote(address)), Some(rules)) => rules.refused(address, shown.unwrap_or_default()),
        _ => ApiError::BadToken,
    }
}

/// Checks what a route takes, in the organisation that its path names.
pub(crate) async fn authorise(
    State(state): State<WebState>,
    (needs, route): (Needs, &'static str),
    mut request: Request,
    next: Next,
) -> Response {
    let demanded = match needs {
        Needs::Nobody => Ok(()),
        Needs::Account => account(&request),
        Needs::Right(right) => demand(&state, &mut request, (right, route)).await,
        Needs::Command => {
            let demanded = demand(&state, &mut request, (Right::Psql, route)).await;
            demanded.map_err(ApiError::of_a_command)
        }
    };
    match demanded {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn account(request: &Request) -> Result<(), ApiError> {
    let caller = request.extensions().get::<Caller>().ok_or(ApiError::Forbidden)?;
    if caller.me.is_some() { Ok(()) } else { Err(ApiError::NoAccount) }
}

async fn demand(
    state: &WebState,
    request: &mut Request,
    (right, route): (Right, &'static str),
) -> Result<(), ApiError> {
    let place = place(state, request).await?;
    request.extensions_mut().insert(place);
    let context: Context = request.extract_parts_with_state(state).await?;
    context.demand(right, route).await
}

/// Where the request is about to do something, by its path.
async fn place(state: &WebState, request: &mut Request) -> Result<Named, ApiError> {
    let params: Result<RawPathParams, _> = request.extract_parts().await;
    // What cannot be read names no organisation that anybody belongs to.
    let Ok(params) = params else {
        return Ok(Named { place: Place::Nowhere, organisation: None });
    };
    let org = params.iter().find(|(name, _)| *name == "org").map(|(_, org)| org);
    Ok(Named { place: state.engine.place(org).await?, organisation: org.map(str::to_owned) })
}
