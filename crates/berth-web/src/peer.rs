//! Who is at the other end of the Unix socket.

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;

use crate::access::{Access, Caller};
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

/// Checks the role that a route takes.
pub(crate) async fn authorise(access: Access, request: Request, next: Next) -> Response {
    match request.extensions().get::<Caller>() {
        Some(caller) if caller.may(access) => next.run(request).await,
        _ => ApiError::Forbidden.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    async fn status(uid: Option<u32>, access: Access) -> StatusCode {
        let guard =
            axum::middleware::from_fn(move |request, next| authorise(access, request, next));
        let router = Router::new()
            .route("/", get(async || "let in").route_layer(guard))
            .layer(axum::middleware::from_fn(admit));
        let mut request = Request::get("/").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(Peer(uid)));
        router.oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn strangers_are_turned_away_before_anything_else() {
        let own = rustix::process::geteuid().as_raw();

        assert_eq!(status(Some(own), Access::Operator).await, StatusCode::OK);
        assert_eq!(status(Some(0), Access::Operator).await, StatusCode::OK);
        assert_eq!(status(Some(own + 12_345), Access::Viewer).await, StatusCode::FORBIDDEN);
        assert_eq!(status(None, Access::Viewer).await, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_request_that_nobody_admitted_is_not_authorised() {
        let guard = axum::middleware::from_fn(move |request, next| {
            authorise(Access::Viewer, request, next)
        });
        let router = Router::<()>::new().route("/", get(async || "let in").route_layer(guard));

        let request = Request::get("/").body(Body::empty()).unwrap();

        assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}
