//! Who removes an organisation, or gives it a title, while others are at work in it, on PostgreSQL: there
//! rows are locked one by one.
//!
//! Everybody takes the organisation first, so that nobody waits in a circle. Each of these tests has
//! somebody wait, and then does what would close one.

use berth_domain::Organisation;
use berth_engine::request::{
    CreateOrganisation, CreateSchedule, CreateToken, CreateWebhook, Invite, SetOrganisation,
};
use berth_engine::{Engine, EngineError, Kind, PeopleError};
use berth_engine_testkit::{ACTOR, Control, Installation, ORG};
use berth_store::events::{self, NewEvent};
use berth_store::{Tx, invitations, organisations, people, tokens};
use berth_testkit::wait;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::json;

use super::crew::Crew;
use crate::life::hourly::hourly;
use crate::life::stage::{REST, Stage};

const ACME: &str = "acme";
const JO: &str = "jo@example.com";

async fn make(engine: &Engine) {
    let request = CreateOrganisation { name: ACME.to_owned(), title: None };
    engine.create_organisation(&ACTOR, &request).await.unwrap();
}

async fn crew() -> Crew {
    let crew = Crew::on(Control::Postgres).await;
    make(crew.engine()).await;
    crew
}

async fn invite(crew: &Crew) -> SecretString {
    let request = Invite { email: JO.to_owned(), role: "viewer".to_owned() };
    crew.engine().invite(&ACTOR, Some(ACME), &request).await.unwrap().code
}

async fn find(installation: &Installation, name: &str) -> Organisation {
    let mut tx = installation.store.read().await.unwrap();
    organisations::find(&mut tx, name).await.unwrap().unwrap()
}

/// Whoever removes it, at the moment at which they have it for themselves.
async fn remover(installation: &Installation) -> (Tx, Organisation) {
    let mut tx = installation.store.begin().await.unwrap();
    let found = organisations::find_alone(&mut tx, ACME).await.unwrap().unwrap();
    (tx, found)
}

/// Starts a process that, in a circle, waits for an hour before it looks whether it is in one: whoever
/// removes something gives way, and the test hears of it.
async fn start_patient(stage: &mut Stage, time: SignedDuration) {
    stage.installation.store = stage.installation.join(("deadlock_timeout", "1h")).await;
    stage.pass(time).await;
}

async fn remove((mut tx, organisation): (Tx, Organisation)) {
    assert!(organisations::remove(&mut tx, &organisation).await.unwrap().0.is_updated());
    tx.commit().await.unwrap();
}

async fn until_waiting(installation: &Installation, how_many: usize) {
    wait::until(REST, async || installation.waiting() >= how_many).await;
}

/// Has something happen in an organisation that people are told of.
async fn happens(tx: &mut Tx, organisation: &Organisation) {
    let event = NewEvent {
        organisation: organisation.id,
        operation: None,
        tenant: None,
        kind: "host.disk_low".to_owned(),
        data: json!({ "place": "home", "message": "little is left" }),
    };
    events::append(tx, &event, "2026-05-04T10:00:00Z".parse().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_accepted_while_its_organisation_goes_is_no_good_any_more() {
    let crew = crew().await;
    let code = invite(&crew).await;
    let installation = &crew.stage.installation;
    let remover = remover(installation).await;

    let (accepted, ()) = tokio::join!(crew.accept(&code), async {
        until_waiting(installation, 1).await;
        remove(remover).await;
    });

    let refused = accepted.unwrap_err();
    assert!(matches!(refused, EngineError::People(PeopleError::BadCode)), "{refused:?}");
    assert_eq!(crew.engine().people(&ACTOR).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_made_while_its_organisation_goes_keeps_nobody() {
    let mut stage = Stage::on(Control::Postgres).await;
    let engine = &stage.process().engine;
    make(engine).await;
    let url = "https://hooks.example.com/berth".to_owned();
    let hook = CreateWebhook { url, name: None, events: None };
    engine.create_webhook(&ACTOR, ACME, &hook).await.unwrap();
    stage.rest().await;
    let acme = find(&stage.installation, ACME).await;
    let mut tx = stage.installation.store.begin().await.unwrap();
    happens(&mut tx, &acme).await;
    tx.commit().await.unwrap();

    let remover = remover(&stage.installation).await;
    start_patient(&mut stage, SignedDuration::ZERO).await;
    until_waiting(&stage.installation, 1).await;
    remove(remover).await;

    let gone = stage.process().engine.organisation(&ACTOR, ACME).await;
    assert!(matches!(gone, Err(EngineError::NoSuchOrganisation(_))), "{gone:?}");
    assert_eq!(stage.installation.messenger.posted().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_whose_time_comes_while_its_organisation_goes_keeps_nobody() {
    let mut stage = Stage::on(Control::Postgres).await;
    let engine = &stage.process().engine;
    make(engine).await;
    let tag = Some("shop".to_owned());
    let of_no_tenant = CreateSchedule { tenants: Vec::new(), tag, ..hourly("restart") };
    engine.create_schedule(&ACTOR, ACME, &of_no_tenant).await.unwrap();
    stage.rest().await;

    let remover = remover(&stage.installation).await;
    start_patient(&mut stage, SignedDuration::from_hours(1)).await;
    until_waiting(&stage.installation, 1).await;
    remove(remover).await;

    let gone = stage.process().engine.organisation(&ACTOR, ACME).await;
    assert!(matches!(gone, Err(EngineError::NoSuchOrganisation(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_given_while_others_are_at_work() {
    let crew = crew().await;
    let installation = &crew.stage.installation;
    let (first, acme) = (find(installation, ORG).await, find(installation, ACME).await);
    let mut tx = installation.store.begin().await.unwrap();
    happens(&mut tx, &first).await;

    let request = SetOrganisation { title: Some("Acme Ltd".to_owned()) };
    let set = crew.engine().set_organisation(&ACTOR, (ACME, None), &request);
    let (set, ()) = tokio::join!(set, async {
        until_waiting(installation, 1).await;
        happens(&mut tx, &acme).await;
        tx.commit().await.unwrap();
    });

    assert_eq!(set.unwrap().organisation.title.unwrap().as_str(), "Acme Ltd");
}

/// Nothing here takes its locks in the wrong order. So the test does.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_way_in_a_circle_is_told_to_ask_again_and_may() {
    let crew = crew().await;
    let code = invite(&crew).await;
    let installation = &crew.stage.installation;
    let acme = find(installation, ACME).await;
    // It would wait for an hour before it looks whether it is in a circle: the other one gives way.
    let patient = installation.join(("deadlock_timeout", "1h")).await;
    let mut other = patient.begin().await.unwrap();
    let open = crew.engine().invitations(&ACTOR, Some(ACME)).await.unwrap().remove(0);
    let deleted = invitations::delete(&mut other, Some(acme.id), open.id).await.unwrap();
    assert!(deleted.is_updated());
    let holder = remover(installation).await.0;

    let (accepted, ()) = tokio::join!(crew.accept(&code), async {
        // For whoever holds the organisation.
        until_waiting(installation, 1).await;
        let close = async {
            people::lock(&mut other).await.unwrap();
        };
        tokio::join!(close, async {
            until_waiting(installation, 2).await;
            drop(holder);
        });
    });

    let refused = accepted.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable, "{refused:?}");
    let hint = refused.hint().unwrap_or_default();
    assert_eq!(hint, "others were at work on the same just now: ask again in a moment");
    drop(other);
    assert_eq!(crew.accept(&code).await.unwrap().email.as_str(), JO);
}

/// Whoever is disabled loses their invitations in every organisation, none of which is found for that.
#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_removed_while_somebody_loses_their_invitations_everywhere() {
    let crew = crew().await;
    for email in [JO, "kim@example.com"] {
        let request = Invite { email: email.to_owned(), role: "viewer".to_owned() };
        crew.engine().invite(&ACTOR, Some(ACME), &request).await.unwrap();
    }
    let installation = &crew.stage.installation;
    let acme = find(installation, ACME).await;
    let mut open = crew.engine().invitations(&ACTOR, Some(ACME)).await.unwrap();
    open.sort_by_key(|invitation| invitation.email.to_string());
    let patient = installation.join(("deadlock_timeout", "1h")).await;
    let mut other = patient.begin().await.unwrap();
    people::lock(&mut other).await.unwrap();
    // In another order than whoever removes all of them.
    assert!(invitations::delete(&mut other, Some(acme.id), open[1].id).await.unwrap().is_updated());

    let removed = crew.engine().delete_organisation(&ACTOR, (ACME, None));
    let (removed, ()) = tokio::join!(removed, async {
        until_waiting(installation, 1).await;
        let deleted = invitations::delete(&mut other, Some(acme.id), open[0].id).await.unwrap();
        assert!(deleted.is_updated());
        other.commit().await.unwrap();
    });

    removed.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_forgotten_while_an_organisation_goes() {
    let mut stage = Stage::on(Control::Postgres).await;
    let engine = &stage.process().engine;
    make(engine).await;
    let ci = CreateToken {
        account: "ci".to_owned(),
        scope: "read".to_owned(),
        expires: Some("12h".to_owned()),
    };
    let token = engine.create_token(&ACTOR, Some(ACME), &ci).await.unwrap().token.token;
    stage.rest().await;

    let (mut tx, acme) = remover(&stage.installation).await;
    assert!(tokens::delete(&mut tx, Some(acme.id), token.id).await.unwrap().is_updated());
    start_patient(&mut stage, SignedDuration::from_hours(24 * 91)).await;
    // For the token, after the events of the organisation.
    until_waiting(&stage.installation, 1).await;
    remove((tx, acme)).await;

    let gone = stage.process().engine.organisation(&ACTOR, ACME).await;
    assert!(matches!(gone, Err(EngineError::NoSuchOrganisation(_))), "{gone:?}");
}
