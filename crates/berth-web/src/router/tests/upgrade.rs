//! Asking for a WebSocket over a connection, which only there becomes one (RFC 6455, 4.1).

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::task::JoinSet;

/// What is answered, whole unless it is that WebSocket is spoken from then on.
pub(super) async fn to_websocket(router: Router, mut request: Request<Body>) -> Response {
    for (name, value) in [
        (header::HOST, "localhost"),
        (header::CONNECTION, "upgrade"),
        (header::UPGRADE, "websocket"),
        (header::SEC_WEBSOCKET_VERSION, "13"),
        (header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let (near, far) = tokio::io::duplex(64 << 10);
    let mut ends = JoinSet::new();
    let serving = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(far), TowerToHyperService::new(router))
        .with_upgrades();
    ends.spawn(async { drop(serving.await) });
    let (mut sender, asking) =
        hyper::client::conn::http1::handshake(TokioIo::new(near)).await.unwrap();
    ends.spawn(async { drop(asking.with_upgrades().await) });

    let (head, body) = sender.send_request(request).await.unwrap().into_parts();

    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Response::from_parts(head, Body::empty());
    }
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, Body::from(body))
}
