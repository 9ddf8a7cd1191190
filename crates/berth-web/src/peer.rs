//! Who is at the other end, and whether they may.

use axum::RequestExt as _;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;
use berth_domain::access::Place;
use secrecy::ExposeSecret as _;

use crate::access::{Caller, Remote, Shown};
use crate::context::{Context, WebState};
use crate::error::ApiError;
use crate::listener::Gated;
use crate::routes::{self, Needs};

/// The user of a connection, as the kernel knows it (`SO_PEERCRED`, unix(7)). `None` when it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<u32>);

impl Connected<IncomingStream<'_, Gated>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Gated>) -> Self {
        Self(stream.io().uid())
    }
}

/// Lets in who may speak at all, before anything else looks at the request: whoever shows a token that
/// is good, and who shows none by the user of the connection. Who shows one that is not good is nobody,
/// whatever the connection says.
pub(crate) async fn admit(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let uid = peer.and_then(|ConnectInfo(peer)| peer.0);
    let remote = request.extensions().get().copied();
    let is_open = routes::is_open(request.method(), request.uri().path());
    match caller(&state, Shown::by(request.headers()), (uid, remote)).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(ApiError::Forbidden | ApiError::NoToken) if is_open => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn caller(
    state: &WebState,
    shown: Shown,
    (uid, remote): (Option<u32>, Option<Remote>),
) -> Result<Caller, ApiError> {
    match shown {
        Shown::Token(token) => {
            let bearer = state.engine.bearer(&token).await?;
            bearer.map(Caller::from).ok_or_else(|| refused(state, remote, token.expose_secret()))
        }
        Shown::Crooked => Err(refused(state, remote, "")),
        // Over TCP nobody is anybody by their connection.
        Shown::Nothing if remote.is_some() => Err(ApiError::NoToken),
        Shown::Nothing => {
            let own = rustix::process::geteuid().as_raw();
            uid.and_then(|uid| Caller::local(uid, own)).ok_or(ApiError::Forbidden)
        }
    }
}

/// Whoever may open the socket is not slowed down.
fn refused(state: &WebState, remote: Option<Remote>, shown: &str) -> ApiError {
    match (remote, &state.console) {
        (Some(Remote(address)), Some(rules)) => rules.refused(address, shown),
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
    let Needs::Right(right) = needs else { return next.run(request).await };
    let place = match place(&state, &mut request).await {
        Ok(place) => place,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(place);
    let context: Result<Context, ApiError> = request.extract_parts_with_state(&state).await;
    let demanded = match context {
        Ok(context) => context.demand(right, route).await,
        Err(error) => Err(error),
    };
    match demanded {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Where the request is about to do something, by its path.
async fn place(state: &WebState, request: &mut Request) -> Result<Place, ApiError> {
    let params: Result<RawPathParams, _> = request.extract_parts().await;
    // What cannot be read names no organisation that anybody belongs to.
    let Ok(params) = params else { return Ok(Place::Nowhere) };
    let org = params.iter().find(|(name, _)| *name == "org").map(|(_, org)| org);
    Ok(state.engine.place(org).await?)
}
