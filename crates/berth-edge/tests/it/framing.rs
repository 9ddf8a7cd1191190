//! Request smuggling: bytes that two readers could cut in two ways.

use crate::door::{Door, named_route, route};
use crate::talk::{Talk, shout};
use crate::tenant::{Act, Tenant, ok};

/// What a smuggler wants a tenant to see.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: beta.localhost\r\n\r\n";

/// Heads that two readers could cut in two ways: what is behind the `Host` line, and what follows.
const DOUBTFUL: [(&str, &str); 21] = [
    ("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
    ("Transfer-Encoding: gzip", ""),
    ("Transfer-Encoding: chunked, gzip", ""),
    ("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
    ("Transfer-Encoding: \x0bchunked", "0\r\n\r\n"),
    ("Transfer-Encoding : chunked", "0\r\n\r\n"),
    ("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
    ("Content-Length: 0\r\nContent-Length: 50", ""),
    ("Content-Length: 0\r\nContent-Length: 0", ""),
    ("Content-Length: 0, 0", ""),
    ("Content-Length: +0", ""),
    ("Content-Length: 0x0", ""),
    ("X: a\r\n Content-Length: 50", ""),
    ("X: a\nContent-Length: 50", ""),
    ("X: a\rContent-Length: 50", ""),
    ("X: a\0b", ""),
    ("Host: beta.localhost", ""),
    ("X Y: a", ""),
];

#[tokio::test]
async fn no_doubtful_framing_reaches_a_tenant() {
    let (acme, beta) = (Tenant::named("acme").await, Tenant::named("beta").await);
    let door = Door::open(vec![
        named_route("acme", 1, Some(acme.address)),
        named_route("beta", 2, Some(beta.address)),
    ])
    .await;

    for version in ["1.1", "1.0"] {
        let post = format!("POST / HTTP/{version}\r\nHost: acme.localhost\r\n");
        for (lines, rest) in DOUBTFUL {
            let request = format!("{post}{lines}\r\n\r\n{rest}{SMUGGLED}");
            let answer = shout(door.address, &request).await;
            assert!(answer.get(8..13) == Some(" 400 "), "{version} {lines:?}: {answer}");
            assert_eq!(answer.matches("HTTP/1.").count(), 1, "{lines:?}: one answer, and the end");
        }
    }
    assert!(acme.seen().is_empty(), "{:?}", acme.seen());
    assert!(beta.seen().is_empty(), "{:?}", beta.seen());
}

#[tokio::test]
async fn a_chunk_that_lies_about_its_size_smuggles_nothing() {
    let (acme, beta) = (Tenant::named("acme").await, Tenant::named("beta").await);
    let door = Door::open(vec![
        named_route("acme", 1, Some(acme.address)),
        named_route("beta", 2, Some(beta.address)),
    ])
    .await;
    let post = "POST / HTTP/1.1\r\nHost: acme.localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

    for body in
        ["3\r\nabcdef\r\n0\r\n\r\n", "x\r\nabc\r\n0\r\n\r\n", "-1\r\n\r\n", "fffffffffffffffff\r\n"]
    {
        let answer = shout(door.address, &format!("{post}{body}{SMUGGLED}")).await;
        assert!(!answer.contains(" 200 "), "{body:?}: {answer}");
    }
    assert!(beta.seen().is_empty());
}

#[tokio::test]
async fn behind_a_chunked_request_the_connection_ends() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;

    let answer = shout(
        door.address,
        &format!(
            "POST / HTTP/1.1\r\nHost: acme.localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
             5\r\nhello\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n{SMUGGLED}"
        ),
    )
    .await;

    assert_eq!(answer.matches("HTTP/1.1 200").count(), 1, "{answer}");
    assert!(answer.contains("connection: close"));
    assert_eq!(acme.seen().len(), 1);
    assert_eq!(acme.last().body, b"5\r\nhello\r\n0\r\n\r\n", "the trailer stays here");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let acme = Tenant::start(|seen| ok(seen.line())).await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say(
        "\r\nGET /1 HTTP/1.1\r\nHost: acme.localhost\r\n\r\n\
         POST /2 HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 4\r\n\r\nabcd\
         GET /3 HTTP/1.1\r\nHost: acme.localhost\r\n\r\n",
    )
    .await;

    for line in ["GET /1 HTTP/1.1", "POST /2 HTTP/1.1", "GET /3 HTTP/1.1"] {
        assert_eq!(talk.reply(true).await.text(), line);
    }
}

#[tokio::test]
async fn a_refused_upgrade_is_followed_by_http_and_not_by_a_tunnel() {
    let (acme, beta) = (
        Tenant::start(|_| {
            Act::Say("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno".to_owned())
        })
        .await,
        Tenant::named("beta").await,
    );
    let door = Door::open(vec![
        named_route("acme", 1, Some(acme.address)),
        named_route("beta", 2, Some(beta.address)),
    ])
    .await;
    let mut talk = Talk::with(door.address).await;

    // A proxy that tunnels too early would hand the second request to `acme` unread.
    talk.say(&format!(
        "GET /websocket HTTP/1.1\r\nHost: acme.localhost\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 777\r\n\r\n{SMUGGLED}"
    ))
    .await;

    assert_eq!(talk.reply(true).await.status, 426);
    assert_eq!(talk.reply(true).await.text(), "beta");
    assert_eq!(acme.seen().len(), 1);
}

#[tokio::test]
async fn other_upgrades_do_not_pass() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say(
        "GET / HTTP/1.1\r\nHost: acme.localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n\
         Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    )
    .await;

    assert_eq!(talk.reply(true).await.status, 200);
    for name in ["upgrade", "connection", "http2-settings"] {
        assert_eq!(acme.last().header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_tenant_that_switches_protocols_unasked_is_not_believed() {
    let acme = Tenant::start(|_| {
        Act::Echo(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                .to_owned(),
        )
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    assert_eq!(talk.get("acme.localhost", "/").await.status, 502);
}
