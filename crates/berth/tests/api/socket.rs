//! The socket in the file system.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

use std::time::Duration;

use berth_testkit::http::{Place, request, send};
use berth_web::{ApiSocket, WebError, serve, serve_unix};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::{App, DEADLINE};

#[tokio::test]
async fn the_socket_is_for_its_owner_only() {
    let app = App::start().await;

    let metadata = app.socket().metadata().unwrap();

    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = std::fs::read_dir(app.folder()).unwrap().flatten().collect();
    let sockets = names.iter().filter(|entry| entry.file_type().unwrap().is_socket()).count();
    assert_eq!(sockets, 1);
}

#[tokio::test]
async fn a_server_that_answers_keeps_its_socket() {
    let app = App::start().await;

    let second = serve_unix(app.web.clone(), &app.socket(), CancellationToken::new()).await;

    assert!(matches!(second, Err(WebError::Taken { .. })), "{second:?}");
    assert_eq!(app.call("GET", "/status", &Value::Null).await.status, 200);
}

#[tokio::test]
async fn a_socket_that_nobody_answers_is_taken_over() {
    let app = App::start().await;
    let stale = app.folder().join("stale.sock");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let (stop, web, path) = (CancellationToken::new(), app.web.clone(), stale.clone());
    let (stopped, mut server) = (stop.clone(), tokio::task::JoinSet::new());
    server.spawn(async move { serve_unix(web, &path, stopped).await });

    berth_testkit::wait::until(crate::app::DEADLINE, async || {
        tokio::net::UnixStream::connect(&stale).await.is_ok()
    })
    .await;

    stop.cancel();
    server.join_next().await.unwrap().unwrap().unwrap();
    assert!(!stale.exists());
}

#[tokio::test]
async fn a_path_that_is_too_long_is_refused_in_words() {
    let app = App::start().await;
    let path = app.folder().join("x".repeat(100));

    let refused = serve_unix(app.web.clone(), &path, CancellationToken::new()).await;

    assert!(refused.unwrap_err().to_string().contains("choose a shorter home"));
}

const ASK: &[u8] = b"GET /api/v1/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

async fn rest(mut stream: UnixStream) -> String {
    let mut text = String::new();
    tokio::time::timeout(DEADLINE, stream.read_to_string(&mut text)).await.unwrap().unwrap();
    text
}

#[tokio::test]
async fn while_the_door_is_shut_clients_wait_and_none_is_refused() {
    let app = App::start().await;
    let path = app.folder().join("gated.sock");
    let (door, is_open) = watch::channel(false);
    let (stop, web) = (CancellationToken::new(), app.web.clone());
    let socket = ApiSocket::bind(&path).await.unwrap();
    let (stopped, mut server) = (stop.clone(), JoinSet::new());
    server.spawn(async move { serve(web, &socket, is_open, stopped).await });

    let place = Place::Socket(path);
    let ask = || request("GET", "/api/v1/status", &Value::Null);
    let early = send(&place, ask(), Duration::from_millis(300)).await;
    let mut waiting = JoinSet::new();
    let (there, asked) = (place.clone(), ask());
    waiting.spawn(async move { send(&there, asked, DEADLINE).await });
    door.send_replace(true);

    assert!(matches!(early, Err(berth_testkit::http::HttpError::Slow(_))), "{early:?}");
    assert_eq!(waiting.join_next().await.unwrap().unwrap().unwrap().status, 200);
    stop.cancel();
    server.join_next().await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn whoever_was_let_in_before_the_stop_is_answered() {
    let app = App::start().await;
    let path = app.folder().join("late.sock");
    let (_door, is_open) = watch::channel(true);
    let (stop, web) = (CancellationToken::new(), app.web.clone());
    let mut socket = ApiSocket::bind(&path).await.unwrap();
    let copy = socket.socket().unwrap();
    let (stopped, mut server) = (stop.clone(), JoinSet::new());
    let serving = ApiSocket::inherit(copy.into()).unwrap();
    server.spawn(async move { serve(web, &serving, is_open, stopped).await });
    let mut first = UnixStream::connect(&path).await.unwrap();
    // The second is answered after the first was let in.
    let place = Place::Socket(path.clone());
    let second = send(&place, request("GET", "/api/v1/status", &Value::Null), DEADLINE);
    assert_eq!(second.await.unwrap().status, 200);

    stop.cancel();
    socket.close();
    first.write_all(ASK).await.unwrap();

    assert!(rest(first).await.starts_with("HTTP/1.1 200 "));
    server.join_next().await.unwrap().unwrap().unwrap();
    assert!(path.exists());
    drop(socket);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_socket_that_is_left_to_somebody_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("left.sock");
    let mut socket = ApiSocket::bind(&path).await.unwrap();
    let mut heir = ApiSocket::inherit(socket.socket().unwrap().into()).unwrap();
    assert!(!heir.is_ours());
    heir.claim(&path);
    assert!(socket.is_ours() && heir.is_ours());

    socket.leave();
    drop(socket);

    assert!(UnixStream::connect(&path).await.is_ok());
    drop(heir);
    assert!(!path.exists());
}
