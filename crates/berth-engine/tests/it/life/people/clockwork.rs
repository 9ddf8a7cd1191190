//! Schedules of people and tokens that may not do any more what they do.

use berth_domain::Actor;
use berth_domain::schedule::Outcome;
use berth_engine::request::{CreateToken, SetSchedule};
use berth_engine::view::ScheduleView;
use berth_engine_testkit::{ACTOR, Control, ORG};
use jiff::SignedDuration;

use super::crew::Crew;
use crate::life::hourly::hourly;

const JO: &str = "jo@example.com";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn show(crew: &Crew) -> ScheduleView {
    crew.engine().schedule(&ACTOR, ORG, "hourly").await.unwrap()
}

/// Lets an hour pass, and returns what came of it.
async fn next_run(crew: &mut Crew) -> (Outcome, String) {
    let before = show(crew).await.runs.len();
    crew.stage.pass(HOUR).await;
    crew.stage.until(async || show(crew).await.runs.len() > before).await;
    let run = show(crew).await.runs.remove(0);
    (run.outcome, run.note.unwrap_or_default())
}

async fn of_somebody_who_left(control: Control) {
    let mut crew = Crew::on(control).await;
    crew.stage.create("acme").await;
    crew.join(JO, "member").await;
    crew.join("al@example.com", "member").await;
    let jo = crew.me(JO).await;
    crew.of(&jo).create_schedule(&jo.person.actor(), ORG, &hourly("restart")).await.unwrap();
    assert_eq!(show(&crew).await.resting, None);
    let place = (ORG, JO);
    crew.engine().set_member(&ACTOR, place, Some("viewer")).await.unwrap();

    let why = "person:jo@example.com may not restart tenants any more";
    let resting = show(&crew).await;
    assert_eq!(resting.resting.as_deref(), Some(why));
    assert!(resting.next.is_empty());
    assert_eq!(next_run(&mut crew).await, (Outcome::Skipped, why.to_owned()));
    assert_eq!(crew.stage.events("schedule.skipped").await.len(), 1);

    // Who may, takes it over by changing anything.
    let al = crew.me("al@example.com").await;
    let set = SetSchedule { catch_up: Some("2h".to_owned()), ..SetSchedule::default() };
    crew.of(&al).set_schedule(&al.person.actor(), (ORG, "hourly"), &set).await.unwrap();
    let taken = show(&crew).await;
    assert_eq!((taken.resting, taken.schedule.created_by), (None, al.person.actor()));
    let (before, after) = {
        let entry = crew.audit(Some(ORG)).await.remove(0);
        assert_eq!(entry.action, "schedule.set");
        (entry.before.unwrap(), entry.after.unwrap())
    };
    assert_eq!(before["on_behalf_of"], "person:jo@example.com");
    assert_eq!(after["on_behalf_of"], "person:al@example.com");
    assert_eq!(next_run(&mut crew).await.0, Outcome::Started);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_rests_when_its_maker_may_not_do_it_any_more_on_sqlite() {
    of_somebody_who_left(Control::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_rests_when_its_maker_may_not_do_it_any_more_on_postgresql() {
    of_somebody_who_left(Control::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_of_whoever_is_disabled_rests_and_goes_on_when_they_are_let_in_again() {
    let mut crew = Crew::new().await;
    crew.stage.create("acme").await;
    crew.join(JO, "admin").await;
    let jo = crew.me(JO).await;
    crew.of(&jo).create_schedule(&jo.person.actor(), ORG, &hourly("restart")).await.unwrap();

    crew.engine().disable_person(&ACTOR, JO, true).await.unwrap();
    assert_eq!(next_run(&mut crew).await.0, Outcome::Skipped);
    // Who may, runs it by hand all the same.
    crew.engine().run_schedule(&ACTOR, ORG, "hourly").await.unwrap();
    crew.stage.until(async || crew.stage.get("acme").await.state.operation().is_none()).await;
    crew.engine().disable_person(&ACTOR, JO, false).await.unwrap();

    assert_eq!(next_run(&mut crew).await.0, Outcome::Started);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_of_an_account_goes_on_as_long_as_it_has_a_token_that_may() {
    let mut crew = Crew::new().await;
    crew.stage.create("acme").await;
    let token = async |scope: &str| {
        let scope = scope.to_owned();
        let request = CreateToken { account: "ci".to_owned(), scope, expires: None };
        crew.engine().create_token(&ACTOR, Some(ORG), &request).await.unwrap().token.token.id
    };
    let (one, two) = (token("member").await, token("operate").await);
    token("read").await;
    let account = "ci".parse().unwrap();
    let ci = Actor::Service { account, organisation: Some(ORG.to_owned()) };
    crew.engine().create_schedule(&ci, ORG, &hourly("restart")).await.unwrap();

    crew.engine().revoke_token(&ACTOR, Some(ORG), &one.to_string()).await.unwrap();
    assert_eq!(show(&crew).await.resting, None);
    crew.engine().revoke_token(&ACTOR, Some(ORG), &two.to_string()).await.unwrap();

    let why = "service:ci@default may not restart tenants any more";
    assert_eq!(show(&crew).await.resting.as_deref(), Some(why));
    assert_eq!(next_run(&mut crew).await, (Outcome::Skipped, why.to_owned()));
}
