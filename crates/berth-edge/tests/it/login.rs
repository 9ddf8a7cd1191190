//! Links that sign somebody in, as a browser uses them.

use std::time::Duration;

use crate::access::lines;
use crate::door::{Door, named_route, route};
use crate::talk::{Talk, get};
use crate::tenant::Tenant;

const MINUTE: Duration = Duration::from_mins(1);

async fn post(door: &Door, host: &str, path: &str) -> crate::talk::Reply {
    let mut talk = Talk::with(door.address).await;
    talk.say(&format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: null\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
    ))
    .await;
    talk.reply(true).await
}

#[tokio::test]
async fn a_link_asks_first_signs_in_once_and_is_over_then() {
    let acme = Tenant::named("acme").await;
    let door = Door::open(vec![route(Some(acme.address))]).await;
    let tenant = route(None).tenant;
    door.logins.open("0a1b", (tenant, "the-session".into()), MINUTE);

    for _ in 0..2 {
        let asked = get(door.address, "acme.localhost", "/_berth/login/0a1b").await;
        assert_eq!(asked.status, 200);
        assert!(asked.text().contains("<form method=\"post\"><button>Sign in</button>"));
        assert!(asked.header("content-security-policy").unwrap().contains("form-action 'self'"));
        assert_eq!(asked.header("set-cookie"), None);
    }
    let inside = post(&door, "acme.localhost", "/_berth/login/0a1b").await;
    assert_eq!((inside.status, inside.header("location").as_deref()), (303, Some("/web")));
    assert_eq!(
        inside.header("set-cookie").unwrap(),
        "session_id=the-session; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
    );
    for again in [
        post(&door, "acme.localhost", "/_berth/login/0a1b").await,
        get(door.address, "acme.localhost", "/_berth/login/0a1b").await,
    ] {
        assert_eq!((again.status, again.header("set-cookie")), (410, None));
        assert!(again.text().contains("does not work any more"));
    }
    assert!(acme.seen().is_empty(), "nothing of it reaches the tenant");
}

#[tokio::test]
async fn a_link_of_one_tenant_is_none_at_another() {
    let door = Door::open(vec![route(None), named_route("globex", 2, None)]).await;
    door.logins.open("0a1b", (route(None).tenant, "the-session".into()), MINUTE);

    let strange = post(&door, "globex.localhost", "/_berth/login/0a1b").await;
    assert_eq!((strange.status, strange.header("set-cookie")), (410, None));
    let own = post(&door, "acme.localhost", "/_berth/login/0a1b").await;
    assert_eq!(own.status, 303);
}

#[tokio::test]
async fn the_log_of_requests_does_not_tell_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.log");
    let door = Door::with(vec![route(None)], |config| config.access_log = Some(log.clone())).await;
    door.logins.open("0a1b", (route(None).tenant, "the-session".into()), MINUTE);

    get(door.address, "acme.localhost", "/_berth/login/0a1b?again=0a1b").await;
    post(&door, "acme.localhost", "/_berth/login/0a1b").await;
    door.close().await;

    let written = lines(&log);
    assert_eq!(written.len(), 2, "{written:?}");
    for line in written {
        let line = line.to_string();
        assert!(line.contains("/_berth/login/-") && !line.contains("0a1b"), "{line}");
        assert!(!line.contains("the-session"), "{line}");
    }
}
