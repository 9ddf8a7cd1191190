//! `WebSocket`s.

use std::time::Duration;

use berth_edge::{EdgeConfig, Upstream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::door::{Door, route};
use crate::talk::{Talk, soon, until};
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

/// A door before a tenant that agrees and then does as the test says, and a visitor who was agreed with.
async fn agreed(adjust: impl FnOnce(&mut EdgeConfig)) -> (Door, Talk, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = Door::with(vec![route(Some(listener.local_addr().unwrap()))], adjust).await;
    let mut talk = Talk::with(door.address).await;
    talk.say(UPGRADE).await;
    let (mut tenant, _) = soon("the edge", listener.accept()).await.unwrap();
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        asked.push(soon("the request", tenant.read_u8()).await.unwrap());
    }
    tenant.write_all(SWITCHED.as_bytes()).await.unwrap();
    assert_eq!(talk.reply(true).await.status, 101);
    (door, talk, tenant)
}

fn impatient(config: &mut EdgeConfig) {
    config.limits.idle_timeout = Duration::from_millis(200);
}

#[tokio::test]
async fn more_than_anybody_holds_passes_both_ways_at_once() {
    const SIZE: usize = 20 << 20;
    let (_door, talk, tenant) = agreed(|_| {}).await;
    let (mut visitor, mut tenant) = (talk.stream.into_split(), tenant.into_split());
    let text: Vec<u8> = (0..=250).cycle().take(SIZE).collect();
    let (mut there, mut back) = (Vec::new(), Vec::new());

    let all = soon("all of it", async {
        tokio::join!(
            async {
                visitor.1.write_all(&text).await.unwrap();
                visitor.1.shutdown().await.unwrap();
            },
            async {
                tenant.1.write_all(&text).await.unwrap();
                tenant.1.shutdown().await.unwrap();
            },
            tenant.0.read_to_end(&mut there),
            visitor.0.read_to_end(&mut back),
        )
    })
    .await;

    assert_eq!((all.2.unwrap(), all.3.unwrap()), (SIZE, SIZE));
    assert!(there == text && back == text, "every byte is the one that was sent");
}

#[tokio::test]
async fn who_has_said_the_last_word_still_hears_the_other() {
    let acme = echo().await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say(UPGRADE).await;
    assert_eq!(talk.reply(true).await.status, 101);

    talk.say("last words").await;
    talk.stream.shutdown().await.unwrap();

    assert_eq!(talk.rest().await, "last words");
    until("it to be over", || door.metric("edge_websockets") < 0.5).await;
}

#[tokio::test]
async fn a_websocket_in_which_nobody_speaks_is_cut() {
    let (door, mut talk, _tenant) =
        agreed(|config| config.limits.upstream_timeout = Duration::from_millis(200)).await;

    assert_eq!(talk.rest().await, "");
    until("it to be over", || door.metric("edge_websockets") < 0.5).await;
}

#[tokio::test]
async fn a_tenant_that_does_not_let_go_of_a_visitor_who_left_is_left() {
    let (door, talk, mut tenant) = agreed(impatient).await;

    drop(talk);

    until("it to be over", || door.metric("edge_websockets") < 0.5).await;
    let mut rest = Vec::new();
    soon("the tenant to be left", tenant.read_to_end(&mut rest)).await.unwrap_or(0);
    assert!(rest.is_empty());
}

#[tokio::test]
async fn a_visitor_who_takes_no_message_is_let_go() {
    let (door, _talk, mut tenant) = agreed(impatient).await;
    let block = vec![b'x'; 64 << 10];

    let pouring = async { while tenant.write_all(&block).await.is_ok() {} };
    soon("the tenant to be told", pouring).await;

    until("it to be over", || door.metric("edge_websockets") < 0.5).await;
}
