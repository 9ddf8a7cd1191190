//! What is begun again and again, and who is told what happens.

use berth_api::v1::{Delivery, List, Schedule, Webhook, examples};

use crate::fake::{Canned, Fake};
use crate::run::transcript;

const DEFAULT: &str = "/api/v1/organisations/default";

/// What each of these lines prints, one after the other. Words with blanks stand in single quotes.
fn told(fake: &Fake, lines: &[&str]) -> String {
    let words = |line: &&str| {
        let mut words: Vec<String> = Vec::new();
        for (index, part) in line.split('\'').enumerate() {
            if index % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        transcript(fake.home(), &words)
    };
    lines.iter().map(words).collect::<Vec<_>>().join("\n")
}

#[test]
fn schedules_are_made_shown_changed_run_and_removed() {
    let one = format!("{DEFAULT}/schedules/nightly");
    let list = List { items: vec![examples::schedule()], next: None };
    let fake = Fake::new([
        (format!("GET {DEFAULT}/schedules?limit=1000").as_str(), Canned::json(200, &list)),
        (format!("POST {DEFAULT}/schedules").as_str(), Canned::json(201, &examples::schedule())),
        (format!("GET {one}").as_str(), Canned::json(200, &examples::schedule())),
        (format!("PATCH {one}").as_str(), Canned::json(200, &examples::schedule())),
        (format!("POST {one}/run").as_str(), Canned::json(200, &examples::schedule_run())),
        (format!("DELETE {one}?dry_run=true").as_str(), Canned::json(200, &examples::plan())),
        (format!("DELETE {one}").as_str(), Canned::empty(204)),
    ]);

    let told = told(
        &fake,
        &[
            "schedule list",
            "schedule create nightly restart acme --cron '13 15 * * *' --zone Europe/Brussels",
            "schedule show nightly",
            "schedule set nightly --tenants acme,beta --catch-up never",
            "schedule pause nightly",
            "schedule run nightly",
            "schedule delete nightly --dry-run",
            "schedule delete nightly",
            "schedule create nightly restart --cron @daily",
            "schedule create nightly restart acme --tag eu --cron @daily",
            "schedule set nightly",
        ],
    );

    insta::assert_snapshot!(told);
    let bodies: Vec<String> = fake.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies[1],
        r#"{"name":"nightly","action":"restart","cron":"13 15 * * *","tenants":["acme"],"zone":"Europe/Brussels"}"#
    );
    assert_eq!(bodies[3], r#"{"tenants":["acme","beta"],"catch_up":"never"}"#);
    assert_eq!(bodies[4], r#"{"paused":true}"#);
}

#[test]
fn an_empty_list_says_how_to_begin() {
    let fake = Fake::new([
        (
            format!("GET {DEFAULT}/schedules?limit=1000").as_str(),
            Canned::json(200, &List::<Schedule> { items: Vec::new(), next: None }),
        ),
        (
            format!("GET {DEFAULT}/webhooks?limit=1000").as_str(),
            Canned::json(200, &List::<Webhook> { items: Vec::new(), next: None }),
        ),
        (
            format!("GET {DEFAULT}/webhooks/mail/deliveries?limit=100").as_str(),
            Canned::json(200, &List::<Delivery> { items: Vec::new(), next: None }),
        ),
    ]);

    let told = told(&fake, &["schedule list", "webhook list", "webhook deliveries mail"]);

    insta::assert_snapshot!(told);
}

#[test]
fn webhooks_are_made_tried_and_looked_at() {
    let one = format!("{DEFAULT}/webhooks/hook");
    let list = List { items: vec![examples::webhook()], next: None };
    let messages = List { items: vec![examples::delivery()], next: None };
    let id = examples::delivery().id;
    let fake = Fake::new([
        (format!("GET {DEFAULT}/webhooks?limit=1000").as_str(), Canned::json(200, &list)),
        (
            format!("POST {DEFAULT}/webhooks").as_str(),
            Canned::json(201, &examples::webhook_created()),
        ),
        (format!("GET {one}").as_str(), Canned::json(200, &examples::webhook())),
        (format!("PATCH {one}").as_str(), Canned::json(200, &examples::webhook())),
        (format!("POST {one}/test").as_str(), Canned::json(200, &examples::delivery())),
        (format!("GET {one}/deliveries?limit=100").as_str(), Canned::json(200, &messages)),
        (
            format!("POST {one}/deliveries/{id}/redeliver").as_str(),
            Canned::json(200, &examples::delivery()),
        ),
        (
            format!("POST {DEFAULT}/webhooks/mail/test").as_str(),
            Canned::json(200, &examples::delivery()),
        ),
        (format!("DELETE {one}").as_str(), Canned::empty(204)),
    ]);
    let again = format!("webhook redeliver hook {id}");

    let told = told(
        &fake,
        &[
            "webhook list",
            "webhook create https://hooks.example.com/berth --events tenant.*,operation.stuck",
            "webhook show hook",
            "webhook set hook --off",
            "webhook test hook",
            "webhook deliveries hook",
            again.as_str(),
            "mail test",
            "webhook delete hook",
            "webhook set hook",
            "webhook set hook --on --off",
        ],
    );

    insta::assert_snapshot!(told);
    assert_eq!(fake.seen()[3].body, r#"{"enabled":false}"#);
}

#[test]
fn a_name_with_slashes_stays_one_name() {
    let fake = Fake::new([(
        format!("GET {DEFAULT}/webhooks/..%2F..%2Fstatus").as_str(),
        Canned::json(200, &examples::webhook()),
    )]);

    insta::assert_snapshot!(told(&fake, &["webhook show ../../status"]));
}
