//! Who is at the other end of the Unix socket.

use axum::RequestExt as _;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;
use berth_domain::access::{Place, Right};

use crate::access::Caller;
use crate::context::{Context, WebState};
use crate::error::ApiError;
use crate::listener::Gated;

/// The user of a connection, as the kernel knows it (`SO_PEERCRED`, unix(7)). `None` when it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<u32>);

impl Connected<IncomingStream<'_, Gated>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Gated>) -> Self {
        Self(stream.io().uid())
    }
}

/// Lets in who may speak at all, before anything else looks at the request.
pub(crate) async fn admit(mut request: Request, next: Next) -> Response {
    let own = rustix::process::geteuid().as_raw();
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let uid = peer.and_then(|ConnectInfo(peer)| peer.0);
    match uid.and_then(|uid| Caller::local(uid, own)) {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        None => ApiError::Forbidden.into_response(),
    }
}

/// Checks the right that a route takes, in the organisation that its path names.
pub(crate) async fn authorise(
    State(state): State<WebState>,
    (right, route): (Right, &'static str),
    mut request: Request,
    next: Next,
) -> Response {
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    async fn status(uid: Option<u32>) -> StatusCode {
        let router = Router::new()
            .route("/", get(async || "let in"))
            .layer(axum::middleware::from_fn(admit));
        let mut request = Request::get("/").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(Peer(uid)));
        router.oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn strangers_are_turned_away_before_anything_else() {
        let own = rustix::process::geteuid().as_raw();

        assert_eq!(status(Some(own)).await, StatusCode::OK);
        assert_eq!(status(Some(0)).await, StatusCode::OK);
        assert_eq!(status(Some(own + 12_345)).await, StatusCode::FORBIDDEN);
        assert_eq!(status(None).await, StatusCode::FORBIDDEN);
    }
}
