//! Schedules: made, told in words, changed, paused, run, taken away.

use berth_engine::request::{CreateSchedule, CreateTenant, PageRequest};
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Site, plain};

const ALL: &str = "/organisations/default/schedules";
const NEW: &str = "/organisations/default/new-schedule";
const NIGHTLY: &str = "/organisations/default/schedules/nightly";
const TYPED: [(&str, &str); 4] =
    [("name", "nightly"), ("action", "restart"), ("tenants", "acme"), ("cron", "30 3 1 1 *")];

async fn site() -> Site {
    let site = Site::start().await;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    site
}

async fn scheduled(site: &Site, name: &str, action: &str) {
    let request = CreateSchedule {
        name: name.to_owned(),
        action: action.to_owned(),
        tenants: vec!["acme".to_owned()],
        cron: "30 3 1 1 *".to_owned(),
        ..CreateSchedule::default()
    };
    site.process.engine.create_schedule(&ACTOR, ORG, &request).await.unwrap();
}

async fn names(site: &Site) -> Vec<String> {
    let all = site.process.engine.schedules(&ACTOR, ORG, &PageRequest::default()).await.unwrap();
    all.items.into_iter().map(|view| view.schedule.name.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_makes_one_schedule() {
    let site = site().await;
    let typed = [&TYPED[..], &[("once", "k")]].concat();

    let (first, second) = tokio::join!(site.post(NEW, &typed), site.post(NEW, &typed));

    assert_eq!((first.to(), second.to()), (NIGHTLY, NIGHTLY));
    assert_eq!(names(&site).await, ["nightly"]);
    let again = site.post(NEW, &TYPED).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.text.contains("A schedule is called <code>nightly</code> already."),
        "{}",
        again.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_is_told_in_words_before_anything_else_was_typed() {
    let site = Site::start().await;
    let check = format!("{NEW}/check");

    let typed = [("cron", "0 12 29 2 *"), ("zone", "Europe/Brussels"), ("action", "restart")];
    let seen = site.post_by_script(&check, &typed).await;

    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    for said in [
        "<b class=\"strong\">At 12:00 on day 29 of the month in February</b>",
        " 11:00</span>",
        "12:00 CET",
        " 29 Feb 20",
    ] {
        assert!(seen.text.contains(said), "{said} in {}", seen.text);
    }
    assert!(!seen.text.contains("msg--err"), "{}", plain(&seen.text));
    let wrong = site.post_by_script(&check, &[("cron", "30 2 30 2 *"), ("name", "Ni ghtly")]).await;
    for field in ["cron", "name"] {
        let said = format!(
            "id=\"{field}-said\" aria-live=\"polite\" hx-swap-oob=\"outerMorph\"><p class=\"msg"
        );
        assert!(wrong.text.contains(&said), "{field} in {}", wrong.text);
    }
    assert!(names(&site).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_at_once_and_kept_as_it_was_typed() {
    let site = site().await;
    scheduled(&site, "nightly", "restart").await;
    let fields = ["name", "action", "tenants", "tag", "cron", "zone", "catch_up"];
    let typed: Vec<(&str, &str)> = fields.iter().map(|field| (*field, HOSTILE)).collect();

    for path in [
        NEW.to_owned(),
        format!("{NEW}/check"),
        format!("{NIGHTLY}/set"),
        format!("{NIGHTLY}/set/check"),
    ] {
        let seen = site.post(&path, &typed).await;
        seen.harmless();
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", seen.text);
        for field in ["action", "cron", "zone", "catch_up"] {
            let said =
                format!("id=\"{field}-said\" aria-live=\"polite\"><p class=\"msg msg--err\"");
            assert!(seen.text.contains(&said), "{path}: {field} in {}", seen.text);
        }
        let kept = seen.text.matches("value=\"&#60;b onclick").count();
        assert!(kept >= 5, "{path}: {kept} in {}", seen.text);
    }
    assert_eq!(names(&site).await, ["nightly"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_changed_paused_let_go_on_and_taken_away_after_a_question() {
    let site = site().await;
    scheduled(&site, "nightly", "restart").await;

    let form = site.get(&format!("{NIGHTLY}/set")).await;
    assert!(form.page().contains("value=\"30 3 1 1 *\""), "{}", form.text);
    let typed = [
        ("name", "nightly"),
        ("action", "stop"),
        ("tenants", "acme"),
        ("cron", "@daily"),
        ("catch_up", "never"),
    ];
    assert_eq!(site.post(&format!("{NIGHTLY}/set"), &typed).await.to(), NIGHTLY);
    let seen = site.get(NIGHTLY).await;
    for said in ["<dd>Stop acme</dd>", "<code>@daily</code>", "<dd>Never</dd>"] {
        assert!(seen.page().contains(said), "{said} in {}", seen.text);
    }

    assert_eq!(site.post(&format!("{NIGHTLY}/pause"), &[]).await.to(), NIGHTLY);
    assert!(site.get(NIGHTLY).await.page().contains("It is paused"));
    assert!(site.get(ALL).await.page().contains(">not now<"));
    assert_eq!(site.post(&format!("{NIGHTLY}/resume"), &[]).await.to(), NIGHTLY);
    assert!(!site.get(NIGHTLY).await.page().contains("It is paused"));

    let delete = format!("{NIGHTLY}/delete");
    site.get(&delete).await.page();
    assert_eq!(names(&site).await, ["nightly"]);
    assert_eq!(site.post(&delete, &[]).await.to(), ALL);
    assert!(names(&site).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_run_now_leads_to_the_operation_and_stays_among_what_came_of_it() {
    let site = site().await;
    scheduled(&site, "nightly", "restart").await;
    let run = format!("{NIGHTLY}/run");

    assert!(site.get(&run).await.page().contains("Restart acme, at once"));
    let begun = site.post(&run, &[("once", "r")]).await;
    let operation = begun.to().to_owned();
    assert!(operation.starts_with("/organisations/default/operations/op_"), "{operation}");
    assert_eq!(site.post(&run, &[("once", "r")]).await.to(), operation);
    site.rest(operation.rsplit('/').next().unwrap()).await;

    let seen = site.get(NIGHTLY).await;
    assert_eq!(seen.text.matches(&format!("href=\"{operation}\"")).count(), 1, "{}", seen.text);
    let part = site.part(&format!("{NIGHTLY}?outcome=skipped")).await;
    assert!(part.page().contains("No run came out so."), "{}", part.text);
    assert!(!part.text.contains("<html"), "{}", part.text);
    assert!(site.get(ALL).await.page().contains("Started"));
    assert_eq!(
        site.get(&format!("{NIGHTLY}?outcome=lost")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_do_what_a_schedule_does_is_offered_nothing() {
    let site = site().await;
    scheduled(&site, "nightly", "restart").await;
    scheduled(&site, "overdue", "suspend").await;

    let site = site.by_member("member").await;
    assert!(site.get(NIGHTLY).await.page().contains("/nightly/delete\""));
    assert!(!site.get(NEW).await.page().contains("value=\"suspend\""));
    let closed = format!("{ALL}/overdue");
    assert!(!site.get(&closed).await.page().contains("/overdue/"));
    for deed in ["pause", "delete", "run"] {
        let refused = site.post(&format!("{closed}/{deed}"), &[]).await;
        assert!(refused.status.is_client_error(), "{deed}: {}", refused.status);
    }

    let site = site.by_member("viewer").await;
    assert!(!site.get(NIGHTLY).await.page().contains("/nightly/"));
    assert!(!site.get(ALL).await.page().contains("new-schedule"));
    for path in [NEW.to_owned(), format!("{NIGHTLY}/set"), format!("{NIGHTLY}/run")] {
        assert_eq!(site.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(names(&site).await.len(), 2);
}
