//! Two servers of one control database: one drives, the other stands by.

use std::time::Duration;

use berth_testkit::postgres;
use berth_testkit::wait;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Home, SOON, Server, visit};

fn shared() -> Home {
    Home::on(&postgres::Server::shared().database())
}

async fn pair(home: &Home) -> (Server, Server) {
    let driver = home.serve().await;
    let standby = home.serve_beside("other").await;
    assert_eq!(driver.status().await["role"], "driver");
    assert_eq!(standby.status().await["role"], "standby");
    (driver, standby)
}

#[tokio::test]
async fn a_second_server_of_a_home_with_its_own_database_is_refused() {
    let home = Home::new();
    let first = home.serve().await;

    let (is_done, said) =
        home.berth(&["serve", "--set", "api.socket=/nonexistent/other.sock"]).await;

    assert!(!is_done);
    assert!(said.contains(&format!("process {}", first.pid())), "{said}");
    assert!(said.contains("berth service stop"), "{said}");
}

#[tokio::test]
async fn what_a_standby_is_asked_for_the_driver_does() {
    let home = shared();
    let (driver, standby) = pair(&home).await;

    let released = standby.begin_demo().await;
    standby.tell(&released, "release").await;
    standby.comes_to(&released, "done").await;
    let cancelled = driver.begin_demo().await;
    standby.tell(&cancelled, "cancel").await;
    driver.comes_to(&cancelled, "undone").await;

    assert!(driver.log().contains("this process drives operations"));
    assert!(!standby.log().contains("this process drives operations"), "{}", standby.log());
}

#[tokio::test]
async fn a_standby_stands_in_for_a_driver_that_was_killed() {
    let home = shared();
    let (mut driver, standby) = pair(&home).await;
    let operation = driver.begin_demo().await;

    driver.kill();

    standby.becomes("driver").await;
    let pid = std::fs::read_to_string(home.path().join("serve.pid")).unwrap();
    assert_eq!(pid, standby.pid().to_string());
    standby.tell(&operation, "release").await;
    standby.comes_to(&operation, "done").await;
    assert!(standby.beginnings(&operation, "wait").await >= 2, "it was continued");
    // The killed one comes back, behind the one that has its place now.
    let back = home.serve().await;
    assert_eq!(back.status().await["role"], "standby");
}

#[tokio::test]
async fn a_standby_stands_in_for_a_driver_that_was_stopped() {
    let home = shared();
    let (mut driver, standby) = pair(&home).await;
    let operation = driver.begin_demo().await;

    driver.signal(Signal::TERM);

    standby.becomes("driver").await;
    assert!(driver.ended().await.success());
    standby.tell(&operation, "release").await;
    standby.comes_to(&operation, "done").await;
}

#[tokio::test]
async fn a_standby_serves_the_routes_that_the_driver_saved_and_finishes_what_it_began() {
    let home = shared();
    let (_driver, mut standby) = pair(&home).await;
    let edge = standby.edge().await;
    assert_eq!(visit(edge, "acme.localhost").await.unwrap().status, 404);
    let tenant = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let route = json!({
        "host": "acme.localhost", "tenant": "tnt_0198c0de00007000800000000000a001", "name": "acme",
        "database": "t_000000a001", "state": "open", "http": tenant.local_addr().unwrap(),
        "websocket": Value::Null, "language": Value::Null,
    });
    let table = json!({ "format": 1, "routes": [route] }).to_string();
    let beside = home.path().join("routes.part");
    std::fs::write(&beside, table).unwrap();
    std::fs::rename(&beside, home.path().join("routes.json")).unwrap();

    let mut visitor = ask_until_led(edge).await;
    let (mut asked, _) = tokio::time::timeout(SOON, tenant.accept()).await.unwrap().unwrap();
    standby.signal(Signal::TERM);
    wait::until(SOON, async || TcpStream::connect(edge).await.is_err()).await;
    asked.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate").await.unwrap();

    let mut answer = String::new();
    visitor.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("late"), "{answer}");
    assert!(standby.ended().await.success());
}

/// Sends a request of which the edge does not know yet where it leads, until it does. The tenant is
/// asked for it and has not answered.
async fn ask_until_led(edge: std::net::SocketAddr) -> TcpStream {
    let look = Duration::from_millis(50);
    wait::until_some(SOON, async || {
        let mut stream = TcpStream::connect(edge).await.unwrap();
        let ask = b"GET /slow HTTP/1.1\r\nhost: acme.localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        let mut first = [0];
        // No answer means that the tenant has been asked; the edge itself would have refused at once.
        let answered = tokio::time::timeout(look, stream.peek(&mut first)).await;
        answered.is_err().then_some(stream)
    })
    .await
}

#[tokio::test]
async fn a_driver_that_lost_the_right_stops_and_asks_again() {
    let server = postgres::Server::shared();
    let url = server.database();
    let home = Home::on(&url);
    let driver = home.serve().await;
    let operation = driver.begin_demo().await;

    let database = url.rsplit('/').next().unwrap();
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '{database}' AND application_name LIKE 'berth driver of %'"
    );
    server.execute("postgres", &end).unwrap();

    driver.drives(2).await;
    assert!(driver.log().contains("this process stops driving"), "{}", driver.log());
    driver.tell(&operation, "release").await;
    driver.comes_to(&operation, "done").await;
    assert!(driver.beginnings(&operation, "wait").await >= 2, "it was continued");
}

#[tokio::test]
async fn a_driver_whose_lock_file_was_removed_stops_and_asks_again() {
    let home = Home::new();
    let driver = home.serve().await;
    let operation = driver.begin_demo().await;

    std::fs::remove_file(home.path().join("serve.lock")).unwrap();

    driver.drives(2).await;
    assert!(driver.log().contains("was replaced"), "{}", driver.log());
    assert!(home.path().join("serve.lock").exists());
    driver.tell(&operation, "release").await;
    driver.comes_to(&operation, "done").await;
}

#[tokio::test]
async fn another_home_on_the_same_database_is_refused() {
    let url = postgres::Server::shared().database();
    let (home, other) = (Home::on(&url), Home::on(&url));
    let _driver = home.serve().await;
    std::fs::copy(home.path().join("key"), other.path().join("key")).unwrap();

    let (is_done, said) = other.berth(&["serve"]).await;

    let id = std::fs::read_to_string(home.path().join("home-id")).unwrap();
    assert!(!is_done);
    assert!(said.contains(&format!("driven by the home `{id}`")), "{said}");
    assert!(said.contains("store.url"), "{said}");
}
