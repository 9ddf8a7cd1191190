//! Who is at the other end of the Unix socket.

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::IncomingStream;
use tokio::net::UnixListener;

use crate::access::{Access, Caller};
use crate::error::ApiError;

/// The user of a connection, as the kernel knows it (`SO_PEERCRED`, unix(7)). `None` when it does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<u32>);

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self(stream.io().peer_cred().ok().map(|credentials| credentials.uid()))
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
