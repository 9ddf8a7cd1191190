//! One fault in the middle of one operation.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::change::Before;
use super::{Change, Fault, Island};
use crate::daemon::End;
use crate::socket_proxy::Mode;
use crate::wait;

/// The tenant to which things are done.
const SUBJECT: &str = "subject";
/// A step may end between being seen and the blow. Then it is begun again.
const TRIES: u32 = 4;
/// How often it is looked whether it does.
const GLANCE: Duration = Duration::from_millis(100);
/// Until an operation says that it waits: a call to an engine that hangs is given up after half a minute.
const NOTICE: Duration = Duration::from_mins(2);
/// Until everything is at rest once the cause is gone.
const REST: Duration = Duration::from_mins(4);

/// Lets something go away in the middle of an operation, and come back. Returns how long it took from
/// then on until everything was at rest.
///
/// # Panics
///
/// When something is not as it should be: the message says what.
pub async fn case(island: &Island, fault: Fault, change: Change) -> Duration {
    island.calm().await;
    island.witness().await;
    for round in 0..TRIES {
        prepare(island, change.before()).await;
        let since = island.witness_since().await;
        let operation = begin(island, change, round).await;
        if !island.home.reaches(&operation, change.telling_step(fault)).await {
            continue;
        }
        strike(island, fault, &operation).await;
        let began = Instant::now();
        settled(island, (fault, change), &operation).await;
        let took = began.elapsed();
        if fault.ends_containers() {
            bring_witness_back(island).await;
        } else {
            assert_eq!(island.witness_since().await, since, "the witness was started again");
        }
        unharmed(island).await;
        return took;
    }
    panic!("`{}` always ended before the blow", change.telling_step(fault));
}

async fn begin(island: &Island, change: Change, round: u32) -> String {
    let upload = match change {
        Change::Import => island.upload().await,
        _ => String::new(),
    };
    let (method, path, body) = change.request(SUBJECT, &upload, round);
    island.home.begin(method, &path, &body).await
}

/// Puts the subject into the state from which the operation begins.
async fn prepare(island: &Island, before: Before) {
    let found = island.home.api("GET", &format!("tenants/{SUBJECT}"), &Value::Null).await;
    let state = (found.status == 200).then(|| found.json()["state"].as_str().map(str::to_owned));
    let state = state.flatten();
    let done = async |change: Change| {
        let operation = begin(island, change, 0).await;
        let operation = island.home.rest(&operation).await;
        assert_eq!(operation["state"], "done", "cannot prepare: {operation}");
    };
    match (before, state.as_deref()) {
        (Before::Absent, None)
        | (Before::Running, Some("running"))
        | (Before::Stopped, Some("stopped")) => {}
        (Before::Absent, Some(_)) => done(Change::Delete).await,
        (Before::Running, None) => done(Change::Create).await,
        (Before::Running, Some(_)) => done(Change::Start).await,
        (Before::Stopped, Some(_)) => done(Change::Stop).await,
        (Before::Stopped, None) => {
            done(Change::Create).await;
            done(Change::Stop).await;
        }
    }
}

/// Makes it happen, sees that it is named and that others are spared, and takes it back.
async fn strike(island: &Island, fault: Fault, operation: &str) {
    match fault {
        Fault::EngineRestarted | Fault::EngineRestartedCold => {
            // Its next start says whether containers of the one before are kept.
            island.daemon.keep_containers(!fault.ends_containers());
            island.daemon.down(End::Asked).await;
            lasts(island, fault, operation).await;
            island.daemon.up().await;
            island.daemon.keep_containers(true);
        }
        Fault::EngineKilled => {
            island.daemon.down(End::Killed).await;
            lasts(island, fault, operation).await;
            island.daemon.up().await;
        }
        Fault::EngineHung => {
            island.proxy.set(Mode::Hang);
            lasts(island, fault, operation).await;
            island.proxy.set(Mode::Pass);
        }
        Fault::PostgresKilled => {
            assert!(island.home.engine().kill_container(&island.cluster().await).await);
        }
        Fault::HomeFull => {
            island.disk.fill(0).expect("the disk of the home can be filled");
            lasts(island, fault, operation).await;
            island.disk.clear().expect("space can be given back");
        }
        Fault::EngineFull => {
            island.daemon.disk().fill(0).expect("the disk of the engine can be filled");
            lasts(island, fault, operation).await;
            island.daemon.disk().clear().expect("space can be given back");
        }
    }
}

/// While the cause lasts: the operation is at rest or says what it waits for, others are served, and
/// Berth answers.
async fn lasts(island: &Island, fault: Fault, operation: &str) {
    let end = Instant::now() + NOTICE;
    loop {
        let found = island.home.get(&format!("operations/{operation}")).await;
        let waits = found["progress"]["text"].as_str().is_some_and(|t| t.starts_with("waiting"));
        let rests = matches!(found["state"].as_str(), Some("done" | "undone"));
        assert_ne!(found["state"], "stuck", "{found}");
        // A full disk takes no note, and the log may be on it: then what was begun is enough, and what
        // people are told is asked for below.
        let was_begun = fault == Fault::HomeFull && !found["started_at"].is_null();
        if waits || rests || was_begun {
            break;
        }
        assert!(Instant::now() < end, "nobody says what it waits for: {found}");
        tokio::time::sleep(GLANCE).await;
    }
    let doctor = island.home.berth(&["doctor"]).await;
    let names_it = |word: &str| doctor.text().contains(word) || doctor.stderr.contains(word);
    match fault {
        Fault::EngineFull => {}
        Fault::HomeFull => {
            assert!(names_it("free"), "{doctor:?}");
            refused_for_space(island).await;
        }
        _ => assert!(names_it("container engine"), "{doctor:?}"),
    }
    if fault.spares_others() {
        assert_eq!(island.witness_page().await, 200, "the witness is not served");
    }
}

/// Whoever asks for something new is told that there is no space.
async fn refused_for_space(island: &Island) {
    let wish = json!({ "name": "hopeful" });
    let refused = island.home.api("POST", "tenants", &wish).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("free"), "{}", refused.text());
}

/// Waits until the operation is at rest, and sees that it ended as it may.
async fn settled(island: &Island, (fault, change): (Fault, Change), operation: &str) {
    let rested = island.home.rest_within(operation, REST).await;
    let state = rested["state"].as_str().unwrap_or_default();
    // What makes something may give it up for want of space. Everything else goes on.
    let makes = matches!(change, Change::Create | Change::Import | Change::Start | Change::Set);
    let may_give_up = fault.takes_space() && makes;
    let is_good = state == "done" || (may_give_up && state == "undone");
    assert!(is_good, "{rested}");
}

/// Nothing is half made, nobody lacks anything, and whoever runs is served.
async fn unharmed(island: &Island) {
    wait::until(REST, async || island.witness_page().await == 200).await;
    // An operation may have needed it for the last time just before it was killed.
    let witness = island.witness().await;
    let asks = || island.home.psql(witness, witness.as_str(), "SELECT 1");
    wait::until(REST, async || asks().await.code == 0).await;
    // What looked at them meanwhile may have found them without it, and finds them well again.
    wait::until(REST, async || !is_anybody_drifted(island).await).await;
    let problems = island.home.audit(island.witness().await).await;
    assert_eq!(problems, Vec::<String>::new());
    let found = island.home.api("GET", &format!("tenants/{SUBJECT}"), &Value::Null).await;
    if found.status == 200 && found.json()["state"] == "running" {
        let page = island.home.visit(&format!("{SUBJECT}.localhost"), "/web/login").await;
        assert_eq!(page.status, 200, "{}", page.text());
    }
}

async fn is_anybody_drifted(island: &Island) -> bool {
    let list = island.home.get("tenants").await;
    let mut tenants = list["items"].as_array().into_iter().flatten();
    tenants.any(|tenant| tenant["state"] == "drifted")
}

/// An engine that ends all containers ends those of others as well. Whether somebody brings them back is
/// seen first; if nobody does, a person would.
async fn bring_witness_back(island: &Island) {
    if island.witness_page().await != 200 {
        let restart = island.home.begin("POST", "tenants/witness/restart", &Value::Null).await;
        let rested = island.home.rest(&restart).await;
        assert_eq!(rested["state"], "done", "{rested}");
    }
}
