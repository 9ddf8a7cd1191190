//! The other end: answers that are ready before they are asked for.
//!
//! The same one stands behind every server that is compared, and costs as little as it can, because on
//! a small machine it takes its share of what is measured.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use crate::say;

const SMALL: usize = 300;
const LARGE: usize = 100 << 10;

#[derive(Debug, Clone)]
struct Answers {
    small: Bytes,
    large: Bytes,
    name: Bytes,
}

/// Serves until it is killed.
pub(crate) async fn serve(name: String) -> io::Result<()> {
    let (listener, address) = listen().await?;
    say(&address)?;
    accept(listener, name, TaskTracker::new()).await
}

pub(crate) async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

pub(crate) async fn accept(
    listener: TcpListener,
    name: String,
    tasks: TaskTracker,
) -> io::Result<()> {
    let letters = |count| Bytes::from(vec![b'x'; count]);
    let answers = Answers { small: letters(SMALL), large: letters(LARGE), name: Bytes::from(name) };
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tasks.spawn(connection(stream, answers.clone(), tasks.clone()));
    }
}

async fn connection(stream: TcpStream, answers: Answers, tasks: TaskTracker) {
    let service = service_fn(move |request| {
        let response = answer(&answers, request, &tasks);
        async move { Ok::<_, Infallible>(response) }
    });
    // A proxy that goes away in the middle is the end of a run.
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = served.with_upgrades().await;
}

fn answer(
    answers: &Answers,
    request: Request<Incoming>,
    tasks: &TaskTracker,
) -> Response<Full<Bytes>> {
    let body = match request.uri().path() {
        "/websocket" => return upgrade(request, tasks),
        "/large" => answers.large.clone(),
        "/who" => answers.name.clone(),
        _ => answers.small.clone(),
    };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// Agrees to a `WebSocket` and returns its bytes as they come: proxies look at none of them.
fn upgrade(request: Request<Incoming>, tasks: &TaskTracker) -> Response<Full<Bytes>> {
    tasks.spawn(async move {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            let (mut from, mut to) = tokio::io::split(TokioIo::new(upgraded));
            // The visitor goes away when the run is over.
            let _ = tokio::io::copy(&mut from, &mut to).await;
        }
    });
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    response.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
    response
}
