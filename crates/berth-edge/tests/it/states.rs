//! What visitors get while a tenant is not simply open.

use std::time::Duration;

use berth_edge::{PROBE_HEADER, RouteState};

use crate::door::{Door, in_state, named_route, route, secret};
use crate::talk::{Talk, get, until};
use crate::tenant::Tenant;

fn probe_request() -> String {
    let secret = secret();
    format!(
        "GET /web/login HTTP/1.1\r\nHost: acme.localhost\r\n{PROBE_HEADER}: {}\r\n\r\n",
        secret.header_value()
    )
}

#[tokio::test]
async fn each_closed_state_has_its_page_and_reaches_nobody() {
    let acme = Tenant::named("acme").await;
    for (state, words, retry) in [
        (RouteState::Checking, "Almost there", "2"),
        (RouteState::Starting, "Almost there", "2"),
        (RouteState::Maintenance, "One moment, please", "2"),
        (RouteState::Stopped, "This site is switched off", "60"),
        (RouteState::Failed, "This site has a problem", "60"),
    ] {
        let door = Door::open(vec![in_state(route(Some(acme.address)), state)]).await;
        let reply = get(door.address, "acme.localhost", "/web").await;

        assert_eq!(reply.status, 503, "{state:?}");
        assert!(reply.text().contains(words), "{state:?}");
        assert_eq!(reply.header("retry-after").as_deref(), Some(retry), "{state:?}");
    }
    assert!(acme.seen().is_empty());
}

#[tokio::test]
async fn a_tenant_that_is_closed_says_why_and_lets_not_even_the_probe_in() {
    let acme = Tenant::named("acme").await;
    for (state, words) in [
        (RouteState::Suspended, "This site is closed"),
        (RouteState::Expired, "The time of this site is over"),
    ] {
        let door = Door::open(vec![in_state(route(Some(acme.address)), state)]).await;
        let reply = get(door.address, "acme.localhost", "/web").await;
        let mut talk = Talk::with(door.address).await;
        talk.say(&probe_request()).await;

        assert_eq!(reply.status, 403, "{state:?}");
        assert!(reply.text().contains(words), "{state:?}");
        assert_eq!(reply.header("retry-after"), None, "{state:?}");
        assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"), "{state:?}");
        assert_eq!(talk.reply(true).await.status, 403, "{state:?}");
    }
    assert!(acme.seen().is_empty());
}

#[tokio::test]
async fn the_probe_passes_a_door_that_is_being_checked_and_leaves_its_secret_there() {
    let acme = Tenant::named("acme").await;
    for state in [RouteState::Checking, RouteState::Held, RouteState::Open] {
        let door = Door::open(vec![in_state(route(Some(acme.address)), state)]).await;
        let mut talk = Talk::with(door.address).await;
        talk.say(&probe_request()).await;

        assert_eq!(talk.reply(true).await.status, 200, "{state:?}");
        assert_eq!(acme.last().header(PROBE_HEADER.as_str()), None, "{state:?}");
    }
}

#[tokio::test]
async fn a_wrong_probe_is_a_visitor_and_its_header_reaches_nobody() {
    let acme = Tenant::named("acme").await;
    let wrong = probe_request().replace("2a", "2b");
    let door = Door::open(vec![in_state(route(Some(acme.address)), RouteState::Checking)]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say(&wrong).await;
    assert_eq!(talk.reply(true).await.status, 503);

    door.change(vec![route(Some(acme.address))]);
    talk.say(&wrong).await;

    assert_eq!(talk.reply(true).await.status, 200);
    assert_eq!(acme.last().header(PROBE_HEADER.as_str()), None);
}

#[tokio::test]
async fn a_held_request_is_answered_when_the_tenant_opens_again() {
    let (old, new) = (Tenant::named("old").await, Tenant::named("new").await);
    let door = Door::open(vec![in_state(route(Some(old.address)), RouteState::Held)]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say("POST /web HTTP/1.1\r\nHost: acme.localhost\r\nContent-Length: 5\r\n\r\nhello").await;
    until("the request to be held", || door.metric("edge_held_requests") > 0.5).await;

    // A change that is not about this tenant wakes nobody up for good.
    let held = in_state(route(Some(old.address)), RouteState::Held);
    door.change(vec![held, named_route("beta", 2, None)]);
    door.change(vec![route(Some(new.address))]);
    let reply = talk.reply(true).await;

    assert_eq!((reply.status, reply.text().as_str()), (200, "new"));
    assert_eq!(new.last().body, b"hello");
    assert!(old.seen().is_empty());
    assert!(door.metric("edge_held_requests") < 0.5);
}

#[tokio::test]
async fn a_held_request_learns_that_the_tenant_stopped_or_went_away() {
    let door = Door::open(vec![in_state(route(None), RouteState::Held)]).await;
    for (routes, status) in [(vec![in_state(route(None), RouteState::Stopped)], 503), (vec![], 404)]
    {
        door.change(vec![in_state(route(None), RouteState::Held)]);
        let mut talk = Talk::with(door.address).await;
        talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
        until("the request to be held", || door.metric("edge_held_requests") > 0.5).await;

        door.change(routes);
        assert_eq!(talk.reply(true).await.status, status);
    }
}

#[tokio::test]
async fn a_request_is_not_held_for_ever() {
    let held = in_state(route(None), RouteState::Held);
    let door = Door::with(vec![held], |config| config.hold = Duration::from_millis(50)).await;

    let reply = get(door.address, "acme.localhost", "/").await;

    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("retry-after").as_deref(), Some("2"));
    assert!(reply.text().contains("One moment, please"));
}

#[tokio::test]
async fn only_so_many_requests_are_held() {
    let held = in_state(route(None), RouteState::Held);
    let door = Door::with(vec![held], |config| config.limits.held_per_tenant = 1).await;
    let mut first = Talk::with(door.address).await;
    first.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    until("the request to be held", || door.metric("edge_held_requests") > 0.5).await;

    let second = get(door.address, "acme.localhost", "/").await;

    assert_eq!(second.status, 503);
    assert!(second.text().contains("Very busy right now"));
}

#[tokio::test]
async fn a_visitor_who_leaves_while_held_is_not_counted_any_more() {
    let door = Door::open(vec![in_state(route(None), RouteState::Held)]).await;
    let mut talk = Talk::with(door.address).await;
    talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n").await;
    until("the request to be held", || door.metric("edge_held_requests") > 0.5).await;

    drop(talk);

    until("the place to be free", || door.metric("edge_held_requests") < 0.5).await;
}

#[tokio::test]
async fn a_page_speaks_the_tenants_language_and_programs_get_json() {
    let mut german = in_state(route(None), RouteState::Stopped);
    german.language = Some("de_AT".parse().unwrap());
    let door = Door::open(vec![german]).await;

    let page = get(door.address, "acme.localhost", "/").await;
    assert!(page.text().contains("<html lang=\"de\" dir=\"ltr\">"));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));

    let mut talk = Talk::with(door.address).await;
    talk.say("GET / HTTP/1.1\r\nHost: acme.localhost\r\nAccept: application/json\r\n\r\n").await;
    let problem = talk.reply(true).await;
    assert_eq!(problem.header("content-type").as_deref(), Some("application/problem+json"));
    assert!(problem.text().contains("\"code\":\"stopped\""));
}
