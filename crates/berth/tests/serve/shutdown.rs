//! How a server ends.

use berth_testkit::http::Place;
use berth_testkit::wait;
use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::server::{Home, SOON, Server, visit};

const HALF: &[u8] =
    b"POST /api/v1/organisations/default/operations HTTP/1.1\r\nhost: localhost\r\n\
    content-type: application/json\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{\"name\":";
const REST: &[u8] = b"\"late\"}";

/// Sends half of a request, which the server has begun to read when this returns.
async fn half_a_request(server: &Server) -> UnixStream {
    let Place::Socket(path) = server.place() else { panic!("the API is on a socket") };
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(HALF).await.unwrap();
    // Connections are let in one after the other: whoever is answered came behind it.
    server.status().await;
    stream
}

async fn is_deaf(server: &Server) -> bool {
    server.try_get("/api/v1/status").await.is_err()
}

#[tokio::test]
async fn a_running_request_is_finished_and_nobody_else_is_let_in() {
    let home = Home::new();
    let mut server = home.serve().await;
    let edge = server.edge().await;
    let waiting = server.begin_demo().await;
    let mut stream = half_a_request(&server).await;

    server.signal(Signal::TERM);
    wait::until(SOON, async || is_deaf(&server).await).await;
    wait::until(SOON, async || visit(edge, "nobody.localhost").await.is_err()).await;
    stream.write_all(REST).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert!(server.ended().await.success());
    assert!(!home.path().join("serve.pid").exists() && !home.path().join("berth.sock").exists());
    // What was at work, and what came last, is left to the next start.
    let next = home.serve().await;
    let begun: serde_json::Value =
        serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    for operation in [waiting.as_str(), begun["id"].as_str().unwrap()] {
        next.tell(operation, "release").await;
        next.comes_to(operation, "done").await;
    }
}

#[tokio::test]
async fn a_second_signal_ends_the_server_at_once() {
    let home = Home::new();
    let mut server = home.serve().await;
    let mut stream = half_a_request(&server).await;

    server.signal(Signal::TERM);
    wait::until(SOON, async || is_deaf(&server).await).await;
    server.signal(Signal::TERM);

    assert!(server.ended().await.success());
    let mut answer = Vec::new();
    // Broken off or closed: it was never answered.
    let _ = stream.read_to_end(&mut answer).await;
    assert_eq!(answer, b"");
    assert!(server.log().contains("ending at once"), "{}", server.log());
}
