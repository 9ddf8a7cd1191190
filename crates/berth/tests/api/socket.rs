//! The socket in the file system.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

use berth_web::{WebError, serve_unix};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::app::App;

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
