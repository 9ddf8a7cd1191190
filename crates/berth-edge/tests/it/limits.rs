//! What one visitor, one tenant and all together may use.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::door::{ClockThatBreaksOnce, Door, route};
use crate::talk::{Talk, get, shout, soon, until};
use crate::tenant::{Act, Tenant, ok};

#[tokio::test]
async fn headers_are_bounded_in_size_and_number() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.header_bytes = 2_000;
        config.limits.headers = 20;
    })
    .await;
    let get = "GET / HTTP/1.1\r\nHost: acme.localhost\r\n";

    for (what, lines) in [
        ("long", format!("X: {}\r\n", "a".repeat(2_000))),
        ("many", "X: a\r\n".repeat(20)),
        ("endless", format!("X: {}", "a".repeat(200_000))),
    ] {
        let mut talk = Talk::with(door.address).await;
        talk.say(&format!("{get}{lines}\r\n")).await;
        assert_eq!(talk.reply(true).await.status, 431, "{what}");
    }
    assert!(acme.seen().is_empty());
}

#[tokio::test]
async fn a_body_is_bounded_whether_it_says_its_length_or_not() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.body_bytes = 10;
    })
    .await;
    let post = "POST / HTTP/1.1\r\nHost: acme.localhost\r\n";

    for (what, rest, status) in [
        ("exactly", "Content-Length: 10\r\n\r\n0123456789".to_owned(), 200),
        ("announced", "Content-Length: 11\r\n\r\n".to_owned(), 413),
        (
            "chunked",
            "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n".to_owned(),
            413,
        ),
    ] {
        let mut talk = Talk::with(door.address).await;
        talk.say(&format!("{post}{rest}")).await;
        assert_eq!(talk.reply(true).await.status, status, "{what}");
    }
    assert_eq!(acme.seen().len(), 1);
}

#[tokio::test]
async fn headers_that_do_not_come_are_not_waited_for() {
    let door = Door::with(vec![], |config| {
        config.limits.header_timeout = Duration::from_millis(100);
    })
    .await;

    assert_eq!(shout(door.address, "").await, "", "nothing at all");
    assert_eq!(shout(door.address, "GET / HTTP/1.1\r\nHost: acme").await, "", "half a head");
}

#[tokio::test]
async fn a_silent_connection_is_closed_after_its_request() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.idle_timeout = Duration::from_millis(100);
    })
    .await;
    let mut talk = Talk::with(door.address).await;
    assert_eq!(talk.get("acme.localhost", "/").await.status, 200);

    assert_eq!(talk.rest().await, "");
}

#[tokio::test]
async fn a_body_that_stops_coming_is_not_waited_for() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.idle_timeout = Duration::from_millis(150);
    })
    .await;
    let mut talk = Talk::with(door.address).await;

    talk.say("POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 10\r\n\r\n12").await;

    assert_eq!(talk.reply(true).await.status, 408);
}

#[tokio::test]
async fn a_visitor_who_takes_nothing_is_let_go() {
    let big = "x".repeat(32 << 20);
    let acme = Tenant::start(move |_| ok(&big)).await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.idle_timeout = Duration::from_millis(150);
    })
    .await;
    let mut talk = Talk::with(door.address).await;
    talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;

    until("the connection to be given up", || {
        door.metric("edge_connections ") < 0.5 && door.metric("edge_connections_broken_total") > 0.5
    })
    .await;
}

#[tokio::test]
async fn connections_are_bounded_and_the_next_one_gets_the_free_place() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.connections_per_ip = 1;
    })
    .await;
    let mut first = Talk::with(door.address).await;
    assert_eq!(first.get("acme.localhost", "/").await.status, 200);

    let refused = shout(door.address, "").await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    assert!(refused.ends_with("Too many connections at the moment."), "{refused}");

    drop(first);
    until("the place to be free", || door.metric("edge_connections ") < 0.5).await;
    assert_eq!(get(door.address, "acme.localhost", "/").await.status, 200);
}

#[tokio::test]
async fn one_tenant_gets_only_so_many_requests_at_a_time() {
    let acme =
        Tenant::start(|seen| if seen.line().contains("/slow") { Act::Hang } else { ok("ok") })
            .await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.requests_per_tenant = 1;
    })
    .await;
    let mut slow = Talk::with(door.address).await;
    slow.say("GET /slow HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    until("the tenant to be busy", || !acme.seen().is_empty()).await;

    let reply = get(door.address, "acme.localhost", "/").await;
    assert_eq!(reply.status, 503);
    assert!(reply.text().contains("Very busy right now"));

    drop(slow);
    until("the place to be free", || {
        door.metric("edge_requests_total{tenant=\"acme\",class=\"4xx\"}") > 0.5
    })
    .await;
    assert_eq!(get(door.address, "acme.localhost", "/").await.status, 200);
}

#[tokio::test]
async fn a_body_that_comes_drop_by_drop_is_not_waited_for() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.idle_timeout = Duration::from_millis(300);
    })
    .await;
    let mut talk = Talk::with(door.address).await;
    talk.say("POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 1000000\r\n\r\n").await;
    let (mut reading, mut writing) = talk.stream.split();

    let mut answer = [0; 13];
    let dripping = async {
        loop {
            // Never silent for as long as one may be.
            writing.write_all(b"x").await.unwrap_or(());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = dripping => {}
        read = soon("the end of patience", reading.read_exact(&mut answer)) => drop(read.unwrap()),
    }

    assert_eq!(&answer, b"HTTP/1.1 408 ");
}

#[tokio::test]
async fn a_request_that_panics_costs_its_own_connection_and_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let acme = Tenant::named("acme").await;
    let routes = vec![route(Some(acme.address))];
    let door = Door::with_clock(routes, Arc::new(ClockThatBreaksOnce::default()), |config| {
        config.limits.connections = 1;
        config.limits.requests_per_tenant = 1;
        // What is written down has a time.
        config.access_log = Some(folder.path().join("access.log"));
    })
    .await;

    let get = "GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n";
    assert_eq!(shout(door.address, get).await, "");

    until("the place to be free", || door.metric("edge_connections ") < 0.5).await;
    for _ in 0..2 {
        until("nobody to be there", || door.metric("edge_connections ") < 0.5).await;
        let mut talk = Talk::with(door.address).await;
        assert_eq!(talk.get("acme.localhost", "/").await.status, 200);
    }
}
