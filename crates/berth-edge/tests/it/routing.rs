//! Who gets which tenant.

use crate::door::{Door, named_route, route};
use crate::talk::{Talk, get, shout};
use crate::tenant::Tenant;

#[tokio::test]
async fn each_host_reaches_its_own_tenant_over_one_connection() {
    let (acme, beta) = (Tenant::named("acme").await, Tenant::named("beta").await);
    let door = Door::open(vec![
        named_route("acme", 1, Some(acme.address)),
        named_route("beta", 2, Some(beta.address)),
    ])
    .await;
    let mut talk = Talk::with(door.address).await;

    for name in ["acme", "beta", "beta", "acme"] {
        let reply = talk.get(&format!("{name}.localhost"), "/web").await;
        assert_eq!((reply.status, reply.text().as_str()), (200, name));
    }
    assert!(acme.seen().iter().all(|seen| seen.header("host").unwrap() == "acme.localhost"));
    assert_eq!((acme.seen().len(), beta.seen().len()), (2, 2));
}

#[tokio::test]
async fn capital_letters_a_port_and_a_trailing_dot_lead_to_the_same_tenant() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;

    for (sent, forwarded) in [
        ("ACME.LocalHost", "acme.localhost"),
        ("acme.localhost.", "acme.localhost"),
        ("acme.localhost:8069", "acme.localhost:8069"),
        ("Acme.localhost.:1", "acme.localhost:1"),
    ] {
        assert_eq!(get(door.address, sent, "/").await.status, 200, "{sent}");
        assert_eq!(acme.last().header("host").unwrap(), forwarded);
        assert_eq!(acme.last().header("x-forwarded-host").unwrap(), forwarded);
    }
}

#[tokio::test]
async fn an_unknown_host_gets_a_page_and_reaches_nobody() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;

    for host in ["nobody.localhost", "localhost", "127.0.0.1", "acme.localhost.evil.example"] {
        let reply = get(door.address, host, "/").await;
        assert_eq!(reply.status, 404, "{host}");
        assert!(reply.text().contains("There is nothing at this address"), "{host}");
    }
    assert!(acme.seen().is_empty());
}

#[tokio::test]
async fn a_request_that_names_no_host_two_or_different_ones_is_refused() {
    let acme = Tenant::named("acme").await;
    let beta = Tenant::named("beta").await;
    let door = Door::open(vec![
        named_route("acme", 1, Some(acme.address)),
        named_route("beta", 2, Some(beta.address)),
    ])
    .await;

    for request in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: acme.localhost\r\nHost: beta.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: acme.localhost\r\nHost: acme.localhost\r\n\r\n",
        "GET http://beta.localhost/ HTTP/1.1\r\nHost: acme.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: acme.localhost, beta.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: acme.localhost/beta\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x@acme.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "CONNECT acme.localhost:80 HTTP/1.1\r\nHost: acme.localhost:80\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: acme.localhost\r\n\r\n",
    ] {
        let answer = shout(door.address, request).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.0 400 "),
            "{request:?}: {answer}"
        );
    }
    assert!(acme.seen().is_empty() && beta.seen().is_empty());
}

#[tokio::test]
async fn an_absolute_target_for_the_same_host_is_passed_on_in_origin_form() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;

    talk.say("GET http://acme.localhost/web?a=%20b HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;

    assert_eq!(talk.reply(true).await.status, 200);
    assert_eq!(acme.last().line(), "GET /web?a=%20b HTTP/1.1");
}

#[tokio::test]
async fn the_next_request_sees_a_changed_table_on_the_same_connection() {
    let (old, new) = (Tenant::named("old").await, Tenant::named("new").await);
    let door = Door::open(vec![route(Some(old.address))]).await;
    let mut talk = Talk::with(door.address).await;
    assert_eq!(talk.get("acme.localhost", "/").await.text(), "old");

    door.change(vec![route(Some(new.address))]);
    assert_eq!(talk.get("acme.localhost", "/").await.text(), "new");

    door.change(vec![]);
    assert_eq!(talk.get("acme.localhost", "/").await.status, 404);
}

#[tokio::test]
async fn a_connection_to_a_tenant_is_not_used_for_another_one_at_the_same_address() {
    let acme = Tenant::named("somebody").await;
    let door = Door::open(vec![named_route("acme", 1, Some(acme.address))]).await;
    let mut talk = Talk::with(door.address).await;
    talk.get("acme.localhost", "/").await;
    talk.get("acme.localhost", "/").await;
    assert_eq!(acme.connections(), 1);

    door.change(vec![named_route("beta", 2, Some(acme.address))]);
    talk.get("beta.localhost", "/").await;

    assert_eq!(acme.connections(), 2);
}
