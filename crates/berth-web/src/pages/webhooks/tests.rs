//! Who is told what happens, as those see it who look after the organisation.

use std::time::Duration;

use berth_engine::Undelivered;
use berth_engine::request::{CreateTenant, NoteTenant};
use berth_testkit::wait;
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Seen, Site, cut};

const WEBHOOKS: &str = "/organisations/default/webhooks";
const DEADLINE: Duration = Duration::from_secs(30);
const HOOK: &str = "/organisations/default/webhooks/hook";

async fn hook(site: &Site) -> Seen {
    let fields = [("url", "https://hooks.example.com/<b>"), ("name", "hook"), ("events", "")];
    site.post(WEBHOOKS, &fields).await
}

/// What the page says is wrong with a form that came back.
fn refused(seen: &Seen, field: &str) {
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
    seen.harmless();
    assert!(seen.text.contains(&format!("id=\"{field}-said\"")), "{field}: {}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_and_its_secret_shown_once() {
    let site = Site::start().await;
    let organisation = site.get("/organisations/default").await;
    assert!(organisation.page().contains(&format!("href=\"{WEBHOOKS}\"")), "{}", organisation.text);

    let made = hook(&site).await;

    insta::assert_snapshot!("webhook_secret", cut(&site.main_of(&made), "id=\"secret\">", "<"));
    let secret = made.text.split("id=\"secret\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() > 40, "{secret}");
    for path in [WEBHOOKS, HOOK, "/organisations/default/webhooks/hook/delete"] {
        let seen = site.get(path).await;
        assert!(!seen.text.contains(&secret[6..]), "{path}");
        seen.page();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_webhook_is_said_at_its_field() {
    let site = Site::start().await;
    let right = [("url", "https://hooks.example.com/"), ("name", "hook"), ("events", "*")];
    for (field, text) in
        [("url", HOSTILE), ("name", HOSTILE), ("name", "mail"), ("events", HOSTILE)]
    {
        let typed = right.map(|(name, value)| (name, if name == field { text } else { value }));
        let seen = site.post(WEBHOOKS, &typed).await;
        refused(&seen, field);
        assert!(field == "url" || seen.text.contains("value=\"https://hooks.example.com/\""));
    }
    hook(&site).await;
    let taken = hook(&site).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("A webhook is called"), "{}", taken.text);
    for (field, text) in [("url", HOSTILE), ("events", HOSTILE)] {
        let typed = [("url", "https://a.example.com/"), ("events", "*"), ("enabled", "on")];
        let typed = typed.map(|(name, value)| (name, if name == field { text } else { value }));
        refused(&site.post(HOOK, &typed).await, field);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_changed_switched_off_and_removed_after_a_question() {
    let site = Site::start().await;
    hook(&site).await;

    let off = [("url", "https://hooks.example.com/other"), ("events", "tenant.*,operation.stuck")];
    let set = site.post(HOOK, &off).await;
    let seen = site.get(set.to()).await;
    let page = seen.page();
    for text in [
        "It is changed.",
        "value=\"https://hooks.example.com/other\"",
        "value=\"tenant.*,operation.stuck\"",
        "Off: somebody switched it off",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let on = [("url", "https://hooks.example.com/"), ("events", "*"), ("enabled", "on")];
    let seen = site.get(site.post(HOOK, &on).await.to()).await;
    assert!(seen.page().contains("value=\"on\" checked"), "{}", seen.text);

    let path = format!("{HOOK}/delete");
    site.get(&path).await.page();
    assert_eq!(site.post(&path, &[]).await.to(), WEBHOOKS);
    assert_eq!(site.get(HOOK).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_tried_out_and_it_is_said_whether_that_arrived() {
    let site = Site::start().await;
    hook(&site).await;
    let path = format!("{HOOK}/test");

    let seen = site.get(site.post(&path, &[]).await.to()).await;
    assert!(seen.page().contains("The message to try it out arrived."), "{}", seen.text);
    site.installation.messenger.fail([Undelivered::Failed(format!("nobody is at {HOSTILE}"))]);
    let failed = site.post(&path, &[]).await;

    assert_eq!(failed.status, StatusCode::UNPROCESSABLE_ENTITY);
    failed.harmless();
    assert!(failed.text.contains("The message did not arrive: nobody is at"), "{}", failed.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_with_what_became_of_them_and_sent_again() {
    let site = Site::start().await;
    hook(&site).await;
    let notes = NoteTenant { expires: Some("3d".to_owned()), ..NoteTenant::default() };
    let request = CreateTenant { name: "acme".to_owned(), notes, ..CreateTenant::default() };
    site.running(request).await;
    // A server that begins looks at once who is to be warned.
    let site = site.restarted().await;
    let posted = || site.installation.messenger.posted().len();
    let is_told = async || site.get(HOOK).await.text.contains("/redeliver\"");
    wait::until(DEADLINE, is_told).await;

    let seen = site.get(HOOK).await;
    seen.page();
    let given_up = site.get(&format!("{HOOK}?state=given_up")).await;
    assert!(given_up.page().contains("No message is like that"), "{}", given_up.text);
    let wrong = site.get(&format!("{HOOK}?state=lost")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let path = seen.text.split("action=\"").find(|it| it.contains("/redeliver\"")).unwrap();
    let path = path.split('"').next().unwrap();
    let before = posted();
    let again = site.get(site.post(path, &[]).await.to()).await;
    assert!(again.page().contains("The message is sent again"), "{}", again.text);
    wait::until(DEADLINE, async || posted() > before).await;
    let none = format!("{HOOK}/deliveries/msg_0198c0de00007000800000000000f001/redeliver");
    assert_eq!(site.post(&none, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_look_after_the_organisation_sees_no_webhook() {
    let site = Site::start().await;
    hook(&site).await;
    let site = site.by_member("member").await;

    for path in [WEBHOOKS, HOOK] {
        assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let palette = site.get("/organisations/default/palette").await;
    assert!(!palette.page().contains(WEBHOOKS), "{}", palette.text);
    let site = site.by_member("admin").await;
    assert!(site.get("/organisations/default/palette").await.page().contains(WEBHOOKS));
    site.get(WEBHOOKS).await.page();
}
