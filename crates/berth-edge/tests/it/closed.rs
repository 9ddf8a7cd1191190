//! What nobody reaches, however it is spelled.

use crate::door::{Door, route};
use crate::talk::{Talk, get};
use crate::tenant::Tenant;

#[tokio::test]
async fn the_database_manager_is_closed() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;

    for path in [
        "/web/database",
        "/web/database/manager?x=1",
        "/web//database/manager",
        "/web/%64atabase/manager",
        "//web/database",
        "/x/../web/database/selector",
        "/de/web/database/manager",
        "http://acme.localhost/web/database",
        "/xmlrpc/db",
        "/xmlrpc/2/db",
    ] {
        let reply = get(door.address, "acme.localhost", path).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.text().contains("This page is not available"), "{path}");
    }
    assert!(acme.seen().is_empty());
}

async fn call(talk: &mut Talk, path: &str, body: &str) -> u16 {
    talk.say(&format!(
        "POST {path} HTTP/1.1\r\nHost: acme.localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    talk.reply(true).await.status
}

#[tokio::test]
async fn the_database_service_is_closed_and_other_calls_arrive_unchanged() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    let database = r#"{"jsonrpc":"2.0","params":{"service":"db","method":"list","args":[]}}"#;
    assert_eq!(call(&mut talk, "/jsonrpc", database).await, 403);
    assert_eq!(call(&mut talk, "/json%72pc", &format!("[{database}]")).await, 403);
    assert_eq!(call(&mut talk, "/jsonrpc", "service=db").await, 400);
    assert!(acme.seen().is_empty());

    let common = r#"{ "jsonrpc":"2.0", "params":{"service":"common","method":"version"} }"#;
    assert_eq!(call(&mut talk, "/jsonrpc", common).await, 200);
    assert_eq!(acme.last().body, common.as_bytes());
    assert_eq!(call(&mut talk, "/web/dataset/call_kw", database).await, 200);
}

#[tokio::test]
async fn a_chunked_call_is_read_whole_too() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let chunked = |body: &str| {
        let (one, two) = body.split_at(20);
        format!(
            "POST /jsonrpc HTTP/1.1\r\nHost: acme.localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
             {:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
            one.len(),
            two.len()
        )
    };

    for (service, status) in [("db", 403), ("object", 200)] {
        let mut talk = Talk::with(door.address).await;
        talk.say(&chunked(&format!(r#"{{"params":{{"service":"{service}"}}}}"#))).await;
        assert_eq!(talk.reply(true).await.status, status, "{service}");
    }
    assert_eq!(acme.last().body, br#"{"params":{"service":"object"}}"#);
    assert_eq!(acme.seen().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_too_long_to_be_read_whole_is_refused() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.rpc_body_bytes = 100;
    })
    .await;
    let long = format!("{:>101}", r#"{"params":{"service":"object"}}"#);

    let mut talk = Talk::with(door.address).await;
    assert_eq!(call(&mut talk, "/jsonrpc", &long).await, 413);

    let mut talk = Talk::with(door.address).await;
    talk.say("POST /jsonrpc HTTP/1.1\r\nHost: acme.localhost\r\n").await;
    talk.say(&format!("Transfer-Encoding: chunked\r\n\r\n65\r\n{long}\r\n0\r\n\r\n")).await;
    let reply = talk.reply(true).await;
    assert_eq!(reply.status, 413);
    assert!(reply.text().contains("This call is too large"));
    assert!(acme.seen().is_empty());
}
