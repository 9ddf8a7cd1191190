//! What is begun again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use berth_domain::schedule::Outcome;
use berth_domain::{HostName, TenantState, Timestamp};
use berth_engine::request::{CreateSchedule, NoteTenant, PageRequest, SetSchedule, TenantChange};
use berth_engine::view::ScheduleView;
use berth_engine::{Door, EngineError};
use berth_engine_testkit::{ACTOR, ORG};
use jiff::SignedDuration;

use super::hourly::hourly;
use super::stage::{Stage, problems};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A door that can be closed.
#[derive(Debug)]
struct Gate(AtomicBool);

#[async_trait::async_trait]
impl Door for Gate {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        Ok(if self.0.load(Ordering::SeqCst) { 200 } else { 503 })
    }
}

async fn schedule(stage: &Stage, request: CreateSchedule) -> ScheduleView {
    stage.process().engine.create_schedule(&ACTOR, ORG, &request).await.unwrap()
}

async fn set(stage: &Stage, request: SetSchedule) -> Result<ScheduleView, EngineError> {
    stage.process().engine.set_schedule(&ACTOR, (ORG, "hourly"), &request).await
}

async fn show(stage: &Stage) -> ScheduleView {
    stage.process().engine.schedule(&ACTOR, ORG, "hourly").await.unwrap()
}

async fn outcomes(stage: &Stage) -> Vec<Outcome> {
    show(stage).await.runs.into_iter().map(|run| run.outcome).collect()
}

async fn runs(stage: &Stage, how_many: usize) {
    stage.until(async || show(stage).await.runs.len() >= how_many).await;
    assert_eq!(show(stage).await.runs.len(), how_many);
}

/// Whether the driver has looked since: it says when it is due next.
async fn is_due(stage: &Stage, at: &str) {
    let at: Timestamp = at.parse().unwrap();
    stage.until(async || show(stage).await.schedule.next_at == Some(at)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_begun_once_and_on_behalf_of_its_maker() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let made = schedule(&stage, hourly("stop")).await;
    assert_eq!(made.in_words, "at minute 30 of every hour");
    assert_eq!(made.next[0].local, "Mon 2026-05-04 10:30 UTC");

    stage.pass(MINUTE * 30).await;
    runs(&stage, 1).await;
    stage
        .until(async || matches!(stage.get("acme").await.state, TenantState::Stopped { .. }))
        .await;

    let run = show(&stage).await.runs.remove(0);
    assert_eq!((run.outcome, run.actor), (Outcome::Started, ACTOR));
    let id = run.tenants[0].result.as_ref().unwrap().to_string();
    let operation = stage.process().engine.operation(&ACTOR, ORG, &id).await.unwrap();
    assert_eq!(operation.created_by, ACTOR.to_string());
    assert_eq!(stage.events("schedule.started").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_cannot_be_read_keeps_no_other_from_its_schedule() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.create("globex").await;
    let both = vec!["acme".to_owned(), "globex".to_owned()];
    schedule(&stage, CreateSchedule { tenants: both, ..hourly("stop") }).await;
    stage.tamper("UPDATE tenant SET stage = 'odd' WHERE name = 'acme'").await;

    stage.pass(MINUTE * 30).await;
    runs(&stage, 1).await;

    let run = show(&stage).await.runs.remove(0);
    assert_eq!(run.outcome, Outcome::Started);
    let [odd, even] = &run.tenants[..] else { panic!("{:?}", run.tenants) };
    assert_eq!((odd.tenant.as_str(), even.tenant.as_str()), ("acme", "globex"));
    let why = odd.result.clone().unwrap_err();
    assert!(why.contains("has `odd` as stage"), "{why}");
    assert!(even.result.is_ok(), "{:?}", even.result);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tenant_does_not_allow_is_skipped_with_its_reason() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    schedule(&stage, hourly("start")).await;

    stage.pass(MINUTE * 30).await;
    runs(&stage, 1).await;

    let run = show(&stage).await.runs.remove(0);
    assert_eq!(run.outcome, Outcome::Skipped);
    let why = run.tenants[0].result.clone().unwrap_err();
    assert!(why.contains("cannot do that to `acme` now"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_absence_makes_one_run_when_the_newest_is_not_too_late() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    schedule(&stage, hourly("restart")).await;

    stage.pass(HOUR * 72 + MINUTE * 50).await;
    runs(&stage, 1).await;
    is_due(&stage, "2026-05-07T11:30:00Z").await;

    let run = show(&stage).await.runs.remove(0);
    assert_eq!(run.outcome, Outcome::Started);
    assert_eq!(run.due_at.to_string(), "2026-05-07T10:30:00Z");
    assert!(run.note.unwrap().starts_with("it was due at 2026-05-07T10:30:00Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_late_is_noted_as_missed() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let never = CreateSchedule { catch_up: Some("never".to_owned()), ..hourly("restart") };
    schedule(&stage, never).await;

    stage.pass(HOUR * 5).await;
    runs(&stage, 1).await;

    assert_eq!(outcomes(&stage).await, [Outcome::Missed]);
    assert_eq!(stage.events("schedule.missed").await.len(), 1);
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_makes_no_second_run_and_no_storm() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let often = CreateSchedule { cron: "*/5 * * * *".to_owned(), ..hourly("restart") };
    schedule(&stage, often).await;

    stage.pass(HOUR).await;
    runs(&stage, 1).await;
    // Back again: what was begun at 11:00 must not be begun at 10:05, 10:10 and so on.
    stage.pass(-HOUR).await;
    stage.pass(MINUTE * 7).await;
    is_due(&stage, "2026-05-04T11:05:00Z").await;
    runs(&stage, 1).await;
    stage.pass(MINUTE * 60).await;
    runs(&stage, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_a_year_ahead_does_not_silence_a_schedule() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    schedule(&stage, hourly("restart")).await;

    stage.pass(HOUR * 24 * 365).await;
    is_due(&stage, "2027-05-04T10:30:00Z").await;
    stage.pass(-HOUR * 24 * 365).await;

    is_due(&stage, "2026-05-04T10:30:00Z").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_for_the_one_before() {
    let door = Arc::new(Gate(AtomicBool::new(true)));
    let stage = Stage::with(|installation| installation.door = door.clone()).await;
    stage.create("acme").await;
    schedule(&stage, hourly("restart")).await;
    // Nobody answers behind a closed door: what begins does not end.
    door.0.store(false, Ordering::SeqCst);
    let engine = &stage.process().engine;

    let first = engine.run_schedule(&ACTOR, ORG, "hourly").await.unwrap();
    let again = engine.run_schedule(&ACTOR, ORG, "hourly").await;
    assert!(matches!(again, Err(EngineError::NoRun { .. })), "{again:?}");
    stage.tick(SignedDuration::from_secs(1));
    let second = engine.run_schedule(&ACTOR, ORG, "hourly").await.unwrap();

    assert_eq!(first.outcome, Outcome::Started);
    let is_at_work = second.note.as_deref().is_some_and(|it| it.ends_with("still at work"));
    assert_eq!((second.outcome, is_at_work), (Outcome::Skipped, true), "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_leads_to_whoever_has_it_then() {
    let mut stage = Stage::new().await;
    for name in ["acme", "beta", "gamma"] {
        stage.create(name).await;
    }
    let by_tag =
        CreateSchedule { tenants: Vec::new(), tag: Some("eu".to_owned()), ..hourly("stop") };
    schedule(&stage, by_tag).await;
    for name in ["acme", "beta"] {
        let tags = NoteTenant { tag: vec!["eu".to_owned()], ..NoteTenant::default() };
        stage.note(name, tags).await;
    }

    stage.pass(MINUTE * 30).await;
    runs(&stage, 1).await;

    let run = show(&stage).await.runs.remove(0);
    let names: Vec<&str> = run.tenants.iter().map(|it| it.tenant.as_str()).collect();
    assert_eq!(names, ["acme", "beta"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_a_tag_leads_to_and_that_cannot_be_read_is_named_by_its_id() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let by_tag =
        CreateSchedule { tenants: Vec::new(), tag: Some("eu".to_owned()), ..hourly("stop") };
    schedule(&stage, by_tag).await;
    let tags = NoteTenant { tag: vec!["eu".to_owned()], ..NoteTenant::default() };
    let id = stage.note("acme", tags).await.id.to_string();
    stage.tamper("UPDATE tenant SET stage = 'odd'").await;

    stage.pass(MINUTE * 30).await;
    runs(&stage, 1).await;

    let run = show(&stage).await.runs.remove(0);
    assert_eq!(run.tenants[0].tenant, id);
    assert!(run.tenants[0].result.clone().unwrap_err().contains("has `odd` as stage"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_rests_with_its_tenant_and_comes_back_with_it() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    schedule(&stage, hourly("restart")).await;

    stage.change("acme", TenantChange::Delete).await;
    let resting = show(&stage).await;
    assert_eq!(resting.resting.as_deref(), Some("acme is deleted"));
    assert!(resting.next.is_empty());
    stage.pass(HOUR).await;
    is_due(&stage, "2026-05-04T11:30:00Z").await;
    assert!(show(&stage).await.runs.is_empty());
    let refused = stage.process().engine.run_schedule(&ACTOR, ORG, "hourly").await;
    assert!(matches!(refused, Err(EngineError::NoRun { .. })), "{refused:?}");

    stage.change("acme", TenantChange::RestoreDeleted).await;
    assert_eq!(show(&stage).await.resting, None);
    stage.pass(HOUR).await;
    runs(&stage, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_makes_up_for_nothing() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    schedule(&stage, hourly("restart")).await;
    set(&stage, SetSchedule { paused: Some(true), ..SetSchedule::default() }).await.unwrap();

    stage.pass(HOUR * 3).await;
    let resumed = SetSchedule { paused: Some(false), ..SetSchedule::default() };
    let resumed = set(&stage, resumed).await.unwrap();

    assert_eq!(resumed.next[0].local, "Mon 2026-05-04 13:30 UTC");
    assert!(resumed.runs.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_schedule_is_said_at_once() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let request = CreateSchedule {
        name: "No Name".to_owned(),
        action: "reboot".to_owned(),
        tenants: vec!["acme".to_owned(), "nobody".to_owned()],
        cron: "0 0 30 2 *".to_owned(),
        zone: Some("Mars/Base".to_owned()),
        catch_up: Some("8d".to_owned()),
        tag: None,
    };

    let refused = stage.process().engine.create_schedule(&ACTOR, ORG, &request).await;

    insta::assert_snapshot!(problems(refused).join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_planned_changed_and_removed() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    let plan = engine.plan_schedule(&ACTOR, ORG, &hourly("restart")).await.unwrap();
    assert_eq!(plan.summary, "make schedule hourly");
    assert_eq!(plan.actions.len(), 6);
    assert!(engine.schedules(&ACTOR, ORG, &PageRequest::default()).await.unwrap().items.is_empty());

    schedule(&stage, hourly("restart")).await;
    let again = engine.create_schedule(&ACTOR, ORG, &hourly("restart")).await;
    assert!(matches!(again, Err(EngineError::NameTaken { .. })), "{again:?}");
    let change = SetSchedule { cron: Some("@daily".to_owned()), ..SetSchedule::default() };
    let changed = set(&stage, change).await.unwrap();
    assert_eq!(changed.next[0].local, "Tue 2026-05-05 00:00 UTC");

    engine.delete_schedule(&ACTOR, ORG, "hourly").await.unwrap();
    let gone = engine.schedule(&ACTOR, ORG, "hourly").await;
    assert!(matches!(gone, Err(EngineError::NoSuchSchedule(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_cannot_be_read_hides_no_schedule() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    schedule(&stage, hourly("stop")).await;
    stage.tamper("UPDATE tenant SET state = 'floating'").await;

    let listed =
        stage.process().engine.schedules(&ACTOR, ORG, &PageRequest::default()).await.unwrap().items;

    assert_eq!((listed.len(), &listed[0].resting), (1, &None));
}
