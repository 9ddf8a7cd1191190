//! `WebSocket`s.

use std::time::Duration;

use berth_edge::{EdgeConfig, Upstream};

use crate::door::{Door, route};
use crate::talk::{Talk, until};
use crate::tenant::{Act, Tenant};

const UPGRADE: &str = "GET /websocket?version=19 HTTP/1.1\r\nHost: acme.localhost\r\n\
    Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://acme.localhost\r\n\r\n";
const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

async fn echo() -> Tenant {
    Tenant::start(|_| Act::Echo(SWITCHED.to_owned())).await
}

#[tokio::test]
async fn bytes_pass_in_both_directions_after_the_tenant_agreed() {
    let acme = echo().await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    // The first message is sent before there is an answer, as an impatient client would.
    talk.say(&format!("{UPGRADE}early")).await;
    let reply = talk.reply(true).await;

    assert_eq!(reply.status, 101);
    assert_eq!(reply.header("upgrade").as_deref(), Some("websocket"));
    assert_eq!(reply.header("connection").as_deref(), Some("Upgrade"));
    assert_eq!(
        reply.header("sec-websocket-accept").as_deref(),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert_eq!(talk.exactly(5).await, b"early");
    for message in ["\u{1}\u{0}binary", "GET / HTTP/1.1\r\n\r\n"] {
        talk.say(message).await;
        assert_eq!(talk.exactly(message.len()).await, message.as_bytes());
    }
    let seen = acme.last();
    assert_eq!(
        seen.header("upgrade").as_deref(),
        Some("websocket"),
        "the word that Odoo looks for"
    );
    assert_eq!(seen.header("connection").as_deref(), Some("Upgrade"));
    assert_eq!(seen.header("origin").as_deref(), Some("http://acme.localhost"));
    assert_eq!(seen.line(), "GET /websocket?version=19 HTTP/1.1");
}

#[tokio::test]
async fn what_the_tenant_says_right_behind_its_agreement_is_not_lost() {
    let acme = Tenant::start(|_| Act::Echo(format!("{SWITCHED}welcome"))).await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say(UPGRADE).await;

    assert_eq!(talk.reply(true).await.status, 101);
    assert_eq!(talk.exactly(7).await, b"welcome");
}

#[tokio::test]
async fn with_workers_live_paths_go_to_the_gevent_port() {
    let (http, live) = (Tenant::named("http").await, Tenant::named("live").await);
    let mut acme = route(None);
    acme.upstream = Some(Upstream { http: http.address, websocket: Some(live.address) });
    let door = Door::open(vec![acme]).await;
    let mut talk = Talk::with(door.address).await;

    for (path, expected) in [
        ("/websocket", "live"),
        ("/websocket/health", "live"),
        ("/longpolling/poll", "live"),
        ("/web", "http"),
        ("/websockets", "http"),
    ] {
        assert_eq!(talk.get("acme.localhost", path).await.text(), expected, "{path}");
    }
}

#[tokio::test]
async fn websockets_are_counted_and_bounded_apart_from_requests() {
    let acme = echo().await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.requests_per_tenant = 1;
        config.limits.websockets_per_tenant = 2;
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut talk = Talk::with(door.address).await;
        talk.say(UPGRADE).await;
        assert_eq!(talk.reply(true).await.status, 101);
        open.push(talk);
    }
    until("both to be counted", || door.metric("edge_websockets") > 1.5).await;

    let mut third = Talk::with(door.address).await;
    third.say(UPGRADE).await;
    assert_eq!(third.reply(true).await.status, 503);

    open.clear();
    until("both to be gone", || door.metric("edge_websockets") < 0.5).await;
    third.say(UPGRADE).await;
    assert_eq!(third.reply(true).await.status, 101);
}

#[tokio::test]
async fn a_tenant_that_goes_away_ends_the_websocket() {
    let acme = echo().await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say(UPGRADE).await;
    assert_eq!(talk.reply(true).await.status, 101);

    drop(acme);

    assert_eq!(talk.rest().await, "");
}

#[tokio::test]
async fn a_websocket_that_does_not_end_after_the_stop_is_cut() {
    let acme = echo().await;
    let soon = |config: &mut EdgeConfig| config.limits.drain = Duration::from_millis(50);
    let door = Door::with(vec![route(Some(acme.address))], soon).await;
    let mut talk = Talk::with(door.address).await;
    talk.say(UPGRADE).await;
    assert_eq!(talk.reply(true).await.status, 101);

    door.close().await;

    assert_eq!(talk.rest().await, "");
}

#[tokio::test]
async fn a_websocket_goes_on_for_a_while_after_the_stop() {
    let acme = echo().await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say(UPGRADE).await;
    assert_eq!(talk.reply(true).await.status, 101);

    door.stop.cancel();
    until("nobody to be let in", || std::net::TcpStream::connect(door.address).is_err()).await;
    talk.say("still there").await;

    assert_eq!(talk.exactly("still there".len()).await, b"still there");
}
