//! Webhooks of people and tokens that may not look after them any more.

use berth_domain::Actor;
use berth_domain::notice::DeliveryState;
use berth_engine::request::{CreateToken, CreateWebhook, HistoryRequest, PageRequest, SetWebhook};
use berth_engine::view::{Delivery, WebhookView};
use berth_engine::{Engine, Undelivered};
use berth_engine_testkit::{ACTOR, Control, ORG};
use berth_store::events::{self, NewEvent};
use berth_store::{organisations, subscriptions};
use jiff::SignedDuration;
use serde_json::json;

use super::crew::Crew;

const JO: &str = "jo@example.com";
const AL: &str = "al@example.com";

async fn make(engine: &Engine, actor: &Actor) {
    let request = CreateWebhook {
        url: "https://hooks.example.com/berth".to_owned(),
        name: Some("hook".to_owned()),
        events: None,
    };
    engine.create_webhook(actor, ORG, &request).await.unwrap();
}

async fn show(crew: &Crew) -> WebhookView {
    crew.engine().webhook(&ACTOR, ORG, "hook").await.unwrap()
}

/// Something happens that people are told of, each time about something else.
async fn happens(crew: &Crew, schedule: &str) {
    let mut tx = crew.stage.installation.store.begin().await.unwrap();
    let organisation = organisations::find(&mut tx, ORG).await.unwrap().unwrap().id;
    let event = NewEvent {
        organisation,
        operation: None,
        tenant: None,
        kind: "schedule.missed".to_owned(),
        data: json!({ "schedule": schedule, "reason": "Berth did not run" }),
    };
    events::append(&mut tx, &event, crew.stage.installation.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Waits until every event that there is was looked at.
async fn looked_at(crew: &Crew) {
    let looked_at = async || {
        let mut tx = crew.stage.installation.store.read().await.unwrap();
        let latest = events::latest(&mut tx).await.unwrap();
        let all = subscriptions::all(&mut tx).await.unwrap().rows;
        all.iter().all(|one| one.cursor >= latest)
    };
    crew.stage.until(looked_at).await;
}

/// The titles of what arrived.
fn arrived(crew: &Crew) -> Vec<String> {
    let posted = crew.stage.installation.messenger.posted();
    posted.into_iter().map(|(_, message)| message.title).collect()
}

/// All messages, newest first.
async fn messages(crew: &Crew) -> Vec<Delivery> {
    let all = crew.engine().messages(&ACTOR, ORG, "hook", &HistoryRequest::default()).await;
    all.unwrap().items
}

/// What became of the newest message, and why.
async fn newest(crew: &Crew) -> (DeliveryState, String) {
    let message = messages(crew).await.remove(0);
    (message.state, message.error.unwrap_or_default())
}

async fn of_somebody_who_left(control: Control) {
    let crew = Crew::on(control).await;
    crew.join(JO, "admin").await;
    crew.join(AL, "admin").await;
    let jo = crew.me(JO).await;
    make(&crew.of(&jo), &jo.person.actor()).await;
    happens(&crew, "first").await;
    crew.stage.until(async || arrived(&crew).len() == 1).await;
    crew.stage.installation.messenger.fail([Undelivered::Failed("it is away".to_owned())]);
    happens(&crew, "second").await;
    crew.stage.until(async || newest(&crew).await.1 == "it is away").await;
    crew.engine().set_member(&ACTOR, (ORG, JO), Some("member")).await.unwrap();

    let why = "person:jo@example.com may not look after webhooks any more";
    assert_eq!(show(&crew).await.resting.as_deref(), Some(why));
    let listed = crew.engine().webhooks(&ACTOR, ORG, &PageRequest::default()).await.unwrap();
    assert_eq!(listed.items[0].resting.as_deref(), Some(why));
    let checks = crew.engine().doctor(&ACTOR).await.unwrap();
    let check = checks.iter().find(|check| check.name == "webhooks").unwrap();
    assert!(check.detail.contains(why), "{check:?}");
    // What waits is not sent any more, nor is what happens meanwhile.
    crew.tick(SignedDuration::from_hours(1));
    crew.stage.until(async || newest(&crew).await == (DeliveryState::GivenUp, why.into())).await;
    happens(&crew, "third").await;
    looked_at(&crew).await;
    assert_eq!(messages(&crew).await.len(), 2);

    // Who may, takes it over by changing anything.
    let al = crew.me(AL).await;
    let same = SetWebhook { events: Some("*".to_owned()), ..SetWebhook::default() };
    crew.of(&al).set_webhook(&al.person.actor(), (ORG, "hook"), &same).await.unwrap();
    let taken = show(&crew).await;
    assert_eq!((taken.resting, taken.subscription.created_by), (None, al.person.actor()));
    let entry = crew.audit(Some(ORG)).await.remove(0);
    assert_eq!(entry.before.unwrap()["on_behalf_of"], "person:jo@example.com");
    assert_eq!(entry.after.unwrap()["on_behalf_of"], "person:al@example.com");
    happens(&crew, "fourth").await;
    crew.stage.until(async || arrived(&crew).len() > 1).await;
    let told = arrived(&crew);
    assert!(told[0].contains("first") && told[1].contains("fourth"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_rests_when_its_maker_may_not_look_after_it_any_more_on_sqlite() {
    of_somebody_who_left(Control::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_rests_when_its_maker_may_not_look_after_it_any_more_on_postgresql() {
    of_somebody_who_left(Control::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_an_account_goes_on_as_long_as_it_has_a_token_that_may() {
    let crew = Crew::new().await;
    let token = async || {
        let (account, scope) = ("ci".to_owned(), "admin".to_owned());
        let request = CreateToken { account, scope, expires: None };
        let made = crew.engine().create_token(&ACTOR, Some(ORG), &request).await.unwrap();
        made.token.token.id.to_string()
    };
    let (one, two) = (token().await, token().await);
    let account = "ci".parse().unwrap();
    let ci = Actor::Service { account, organisation: Some(ORG.to_owned()) };
    make(crew.engine(), &ci).await;

    crew.engine().revoke_token(&ACTOR, Some(ORG), &one).await.unwrap();
    assert_eq!(show(&crew).await.resting, None);
    crew.engine().revoke_token(&ACTOR, Some(ORG), &two).await.unwrap();

    let why = "service:ci@default may not look after webhooks any more";
    assert_eq!(show(&crew).await.resting.as_deref(), Some(why));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readers_of_mail_are_told_whoever_switched_them_off_and_on() {
    let crew = Crew::with(|installation| installation.messenger.read_by("ops@example.com")).await;
    crew.join(JO, "admin").await;
    let jo = crew.me(JO).await;
    let engine = crew.engine();
    crew.stage.until(async || engine.webhook(&ACTOR, ORG, "mail").await.is_ok()).await;
    for enabled in [Some(false), Some(true)] {
        let request = SetWebhook { enabled, ..SetWebhook::default() };
        let of = crew.of(&jo);
        of.set_webhook(&jo.person.actor(), (ORG, "mail"), &request).await.unwrap();
    }
    engine.set_member(&ACTOR, (ORG, JO), None).await.unwrap();

    happens(&crew, "first").await;

    crew.stage.until(async || !crew.stage.installation.messenger.mailed().is_empty()).await;
    assert_eq!(engine.webhook(&ACTOR, ORG, "mail").await.unwrap().resting, None);
}
