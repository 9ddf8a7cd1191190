//! What passes between visitor and tenant, and what happens when a tenant does not play along.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::door::{Door, route};
use crate::talk::{Talk, get, until};
use crate::tenant::{Act, Tenant, ok};

#[tokio::test]
async fn a_tenant_learns_who_asks_and_only_from_the_edge() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say(
        "GET /web HTTP/1.1\r\nHost: acme.localhost:8069\r\nX-Forwarded-For: 6.6.6.6\r\n\
         X_Forwarded_For: 6.6.6.6\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=6.6.6.6\r\n\
         X-Forwarded-Proto: https\r\nX-Real-IP: 6.6.6.6\r\nX-Odoo-Database: other\r\n\
         X-Odoo-dbfilter: .*\r\nConnection: keep-alive, X-Secret\r\nX-Secret: 1\r\n\
         Keep-Alive: timeout=5\r\nCookie: session_id=abc\r\nX-Request-Id: trace-7\r\n\r\n",
    )
    .await;
    let reply = talk.reply(true).await;
    let seen = acme.last();

    assert_eq!(reply.header("x-request-id").as_deref(), Some("trace-7"));
    for (name, value) in [
        ("host", Some("acme.localhost:8069")),
        ("x-forwarded-for", Some("127.0.0.1")),
        ("x-forwarded-host", Some("acme.localhost:8069")),
        ("x-forwarded-proto", Some("http")),
        ("x-real-ip", Some("127.0.0.1")),
        ("x-request-id", Some("trace-7")),
        ("cookie", Some("session_id=abc")),
        ("x_forwarded_for", None),
        ("forwarded", None),
        ("x-odoo-database", None),
        ("x-odoo-dbfilter", None),
        ("x-secret", None),
        ("keep-alive", None),
        ("connection", None),
    ] {
        assert_eq!(seen.header(name).as_deref(), value, "{name}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_visitor_is_the_one_that_it_names() {
    let acme = Tenant::named("acme").await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.trusted_proxies =
            vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
    })
    .await;
    let mut talk = Talk::with(door.address).await;

    talk.say(
        "GET / HTTP/1.1\r\nHost: acme.localhost\r\nX-Forwarded-Proto: https\r\n\
         X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.0.0.9\r\n\r\n",
    )
    .await;
    talk.reply(true).await;

    assert_eq!(acme.last().header("x-forwarded-for").as_deref(), Some("198.51.100.7"));
    assert_eq!(acme.last().header("x-forwarded-proto").as_deref(), Some("https"));
}

#[tokio::test]
async fn an_answer_passes_unchanged_but_for_what_belongs_to_the_connection() {
    let acme = Tenant::start(|_| {
        Act::Say(
            "HTTP/1.1 200 OK\r\nServer: Werkzeug/3.0\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\
             Content-Encoding: gzip\r\nConnection: X-Internal\r\nX-Internal: 1\r\n\
             Transfer-Encoding: chunked\r\n\r\n3\r\n\x1f\x08\x01\r\n2\r\nab\r\n0\r\n\r\n"
                .to_owned(),
        )
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let reply = get(door.address, "acme.localhost", "/").await;

    assert_eq!(reply.body, b"\x1f\x08\x01ab");
    assert_eq!(reply.header("set-cookie").as_deref(), Some("a=1,b=2"));
    assert_eq!(reply.header("content-encoding").as_deref(), Some("gzip"));
    assert_eq!(reply.header("server"), None);
    assert_eq!(reply.header("x-internal"), None);
    assert!(reply.header("x-request-id").is_some());
}

#[tokio::test]
async fn answers_without_a_body_stay_without_one_and_keep_the_connection() {
    let acme = Tenant::start(|seen| {
        Act::Say(match seen.line().split(' ').nth(1).unwrap() {
            "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n".to_owned(),
            "/204" => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            "/304" => "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".to_owned(),
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(),
        })
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say("HEAD /head HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    let head = talk.reply(false).await;
    assert_eq!(head.header("content-length").as_deref(), Some("1234"));
    for (path, status) in [("/204", 204), ("/304", 304), ("/empty", 200)] {
        let reply = talk.get("acme.localhost", path).await;
        assert_eq!((reply.status, reply.body.len()), (status, 0), "{path}");
    }
    assert_eq!(acme.connections(), 1, "all of them went over one connection");
}

#[tokio::test]
async fn informational_answers_are_waited_through() {
    let acme = Tenant::start(|_| {
        Act::Say(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n\
             HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                .to_owned(),
        )
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;

    assert_eq!(get(door.address, "acme.localhost", "/").await.text(), "ok");
}

#[tokio::test]
async fn a_visitor_who_waits_for_leave_to_send_gets_it_from_the_edge() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say(
        "POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 5\r\n\
         Expect: 100-continue\r\n\r\n",
    )
    .await;
    assert!(talk.read_head().await.starts_with("HTTP/1.1 100 "));
    talk.say("hello").await;

    assert_eq!(talk.reply(true).await.status, 200);
    assert_eq!(acme.last().body, b"hello");
    assert_eq!(acme.last().header("expect"), None);
}

#[tokio::test]
async fn nobody_is_asked_for_a_body_that_is_refused() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;

    for (host, path, length, status) in [
        ("acme.localhost", "/web/database/create", 5, "403"),
        ("nobody.localhost", "/", 5, "404"),
        ("acme.localhost", "/", 1_usize << 40, "413"),
        ("acme.localhost", "/jsonrpc", 2 << 20, "413"),
    ] {
        let mut talk = Talk::with(door.address).await;
        talk.say(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
             Expect: 100-continue\r\n\r\n"
        ))
        .await;
        let head = talk.read_head().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {head}");
    }
    assert!(acme.seen().is_empty());
}

#[tokio::test]
async fn a_tenant_with_endless_headers_is_a_bad_answer() {
    for lines in ["X: a\r\n".repeat(200), format!("X: {}\r\n", "a".repeat(200 << 10))] {
        let answer = format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 0\r\n\r\n");
        let acme = Tenant::start(move |_| Act::SayAndClose(answer.clone())).await;
        let door = Door::open(vec![route(Some(acme.address))]).await;

        assert_eq!(get(door.address, "acme.localhost", "/").await.status, 502);
    }
}

#[tokio::test]
async fn informational_answers_without_end_are_not_waited_through_for_ever() {
    let acme = Tenant::start(|_| Act::Say("HTTP/1.1 102 Processing\r\n\r\n".repeat(10))).await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.upstream_timeout = Duration::from_millis(200);
    })
    .await;

    assert_eq!(get(door.address, "acme.localhost", "/").await.status, 504);
}

#[tokio::test]
async fn a_tenant_that_speaks_http_1_0_and_closes_is_understood() {
    let acme = Tenant::start(|_| {
        Act::SayAndClose(
            "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nServer: Werkzeug\r\n\r\nold style"
                .to_owned(),
        )
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    for _ in 0..3 {
        let reply = talk.get("acme.localhost", "/").await;
        assert_eq!((reply.status, reply.text().as_str()), (200, "old style"));
        assert!(reply.head.starts_with("HTTP/1.1 "), "the visitor's connection stays");
    }
    assert_eq!(acme.connections(), 3);
}

#[tokio::test]
async fn a_visitor_who_speaks_http_1_0_is_answered_and_let_go() {
    let acme = Tenant::start(|_| {
        Act::Say(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".to_owned(),
        )
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say("GET / HTTP/1.0\r\nHost: acme.localhost\r\n\r\n").await;
    let answer = talk.rest().await;

    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
}

#[tokio::test]
async fn connections_to_a_tenant_are_used_again_until_it_closes_them() {
    let acme = Tenant::start(|seen| {
        if seen.line().contains("/bye") {
            let text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
            Act::SayAndClose(text.to_owned())
        } else {
            ok("ok")
        }
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    for path in ["/", "/", "/bye", "/", "/"] {
        assert_eq!(talk.get("acme.localhost", path).await.status, 200);
    }
    let used: Vec<usize> = acme.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(used, [1, 1, 1, 2, 2]);
}

#[tokio::test]
async fn a_get_whose_idle_connection_was_closed_under_it_is_sent_once_more() {
    // The second request on each connection is read and not answered: the idle-connection race.
    let acme = Tenant::start(|seen| match seen.connection {
        1 if seen.line().contains("/second") => Act::SayAndClose(String::new()),
        _ => ok("ok"),
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    assert_eq!(talk.get("acme.localhost", "/first").await.status, 200);
    assert_eq!(talk.get("acme.localhost", "/second").await.status, 200);
    let lines: Vec<String> = acme.seen().iter().map(|seen| seen.line().to_owned()).collect();
    assert_eq!(lines, ["GET /first HTTP/1.1", "GET /second HTTP/1.1", "GET /second HTTP/1.1"]);
}

#[tokio::test]
async fn a_post_is_never_sent_twice_and_a_fresh_connection_is_not_tried_again() {
    let acme = Tenant::start(|seen| {
        if seen.line().contains("/good") { ok("ok") } else { Act::SayAndClose(String::new()) }
    })
    .await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    assert_eq!(talk.get("acme.localhost", "/good").await.status, 200);

    let post = "POST / HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 2\r\n\r\nhi";
    talk.say(post).await;
    assert_eq!(talk.reply(true).await.status, 502);
    assert_eq!(talk.get("acme.localhost", "/bad").await.status, 502);

    assert_eq!(acme.seen().len(), 3);
}

#[tokio::test]
async fn a_tenant_that_takes_no_connection_is_said_not_to_answer() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let door = Door::open(vec![route(Some(gone))]).await;

    let reply = get(door.address, "acme.localhost", "/").await;

    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("retry-after").as_deref(), Some("5"));
    assert!(reply.text().contains("This site is not answering"));
}

#[tokio::test]
async fn a_route_without_an_address_is_said_not_to_answer() {
    let door = Door::open(vec![route(None)]).await;

    assert_eq!(get(door.address, "acme.localhost", "/").await.status, 503);
}

#[tokio::test]
async fn a_tenant_that_stays_silent_is_given_up() {
    let acme = Tenant::start(|_| Act::Hang).await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.upstream_timeout = Duration::from_millis(200);
    })
    .await;

    let reply = get(door.address, "acme.localhost", "/").await;

    assert_eq!(reply.status, 504);
    assert!(reply.text().contains("This is taking too long"));
}

#[tokio::test]
async fn a_tenant_that_falls_silent_in_the_middle_ends_the_visitors_connection() {
    let half = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let acme = Tenant::start(move |_| Act::Echo(half.to_owned())).await;
    let door = Door::with(vec![route(Some(acme.address))], |config| {
        config.limits.upstream_timeout = Duration::from_secs(1);
    })
    .await;
    let mut talk = Talk::with(door.address).await;

    talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    let answer = talk.rest().await;

    assert!(answer.contains("hello") && !answer.ends_with("0\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn nonsense_from_a_tenant_is_a_bad_answer() {
    for nonsense in [
        "hello\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    ] {
        let acme = Tenant::start(move |_| Act::SayAndClose(nonsense.to_owned())).await;
        let door = Door::open(vec![route(Some(acme.address))]).await;
        assert_eq!(get(door.address, "acme.localhost", "/").await.status, 502, "{nonsense:?}");
    }
}

#[tokio::test]
async fn a_visitor_who_leaves_takes_the_tenants_connection_along() {
    let acme = Tenant::start(|_| Act::Hang).await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    until("the tenant to be asked", || !acme.seen().is_empty()).await;

    drop(talk);

    until("the request to be over", || {
        door.metric("edge_requests_total{tenant=\"acme\",class=\"4xx\"}") > 0.5
    })
    .await;
}
