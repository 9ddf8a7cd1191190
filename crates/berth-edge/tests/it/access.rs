//! What is written down and counted, and how the door closes.

use std::path::Path;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::door::{Door, named_route, route};
use crate::talk::{Talk, get, soon, until};
use crate::tenant::Tenant;

pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn each_request_is_one_line_without_its_query() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.access_log = Some(path.clone());
    })
    .await;
    let mut talk = Talk::with(door.address).await;
    talk.get("acme.localhost", "/web/reset_password?token=SECRET").await;
    talk.say("POST /x HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 3\r\n\r\nabc").await;
    talk.reply(true).await;
    talk.get("nobody.localhost", "/x").await;
    drop(talk);
    door.close().await;

    let lines = lines(&path);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["time"], "2027-01-01T00:00:00Z");
    assert_eq!(lines[0]["path"], "/web/reset_password");
    assert_eq!(lines[0]["tenant"], "acme");
    assert_eq!(lines[0]["database"], "t_0000000001");
    assert_eq!(lines[0]["visitor"], "127.0.0.1");
    assert_eq!(lines[0]["status"], 200);
    assert_eq!(lines[0]["bytes_out"], 4);
    assert!(lines[0]["upstream_us"].is_u64());
    assert_eq!(lines[0]["request_id"], acme.seen()[0].header("x-request-id").unwrap());
    assert_eq!((&lines[1]["method"], &lines[1]["bytes_in"]), (&"POST".into(), &3.into()));
    assert_eq!((&lines[2]["host"], &lines[2]["status"]), (&"nobody.localhost".into(), &404.into()));
    assert!(lines[2].get("tenant").is_none());
    assert!(!std::fs::read_to_string(&path).unwrap().contains("SECRET"));
}

#[tokio::test]
async fn a_log_that_was_moved_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (path, moved) = (folder.path().join("access.log"), folder.path().join("access.log.1"));
    let door = Door::with(vec![], |config| config.access_log = Some(path.clone())).await;
    get(door.address, "one.localhost", "/").await;
    until("the first line", || lines(&path).len() == 1).await;

    std::fs::rename(&path, &moved).unwrap();
    get(door.address, "two.localhost", "/").await;
    door.close().await;

    assert_eq!(lines(&moved)[0]["host"], "one.localhost");
    assert_eq!(lines(&path)[0]["host"], "two.localhost");
}

#[tokio::test]
async fn answers_are_counted_by_tenant_until_the_tenant_is_gone() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address)), named_route("beta", 2, None)]).await;
    let count = |labels: &str| door.metric(&format!("edge_requests_total{{{labels}}}"));
    let acme_ok = "tenant=\"acme\",class=\"2xx\"";
    for _ in 0..3 {
        get(door.address, "acme.localhost", "/").await;
    }
    get(door.address, "beta.localhost", "/").await;
    get(door.address, "nobody.localhost", "/").await;

    until("all answers to be counted", || {
        (count(acme_ok) - 3.0).abs() < 0.5
            && (count("tenant=\"beta\",class=\"5xx\"") - 1.0).abs() < 0.5
            && (count("tenant=\"-\",class=\"4xx\"") - 1.0).abs() < 0.5
    })
    .await;
    assert!((door.metric("edge_request_duration_seconds_count") - 5.0).abs() < 0.5);

    door.change(vec![]);
    until("the tenant to be forgotten", || count(acme_ok) < 0.5).await;
}

#[tokio::test]
async fn whoever_was_let_in_before_the_stop_is_answered() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    until("the visitor to be let in", || door.metric("edge_connections") > 0.5).await;

    door.stop.cancel();
    until("nobody else to be let in", || std::net::TcpStream::connect(door.address).is_err()).await;

    assert_eq!(talk.get("acme.localhost", "/").await.status, 200);
    door.close().await;
}

#[tokio::test]
async fn the_stop_lets_a_request_finish_and_nobody_else_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Door::open(vec![route(Some(listener.local_addr().unwrap()))]).await;
    let (mut idle, mut busy) = (Talk::with(door.address).await, Talk::with(door.address).await);
    assert_eq!(idle.get("nobody.localhost", "/").await.status, 404);
    busy.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    let (mut tenant, _) = soon("the tenant to be called", listener.accept()).await.unwrap();
    let mut asked = [0; 16];
    soon("the tenant to be asked", tenant.read_exact(&mut asked)).await.unwrap();
    assert_eq!(asked, *b"GET / HTTP/1.1\r\n");

    door.stop.cancel();

    assert_eq!(idle.rest().await, "", "an idle connection is closed at once");
    until("nobody to be let in", || std::net::TcpStream::connect(door.address).is_err()).await;
    tenant.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone").await.unwrap();
    assert_eq!(busy.reply(true).await.text(), "done");
    assert_eq!(busy.rest().await, "");
    door.close().await;
}
