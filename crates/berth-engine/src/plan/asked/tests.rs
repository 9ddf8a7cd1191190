use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, OrganisationId};
use serde_json::json;
use uuid::Uuid;

use super::*;

const UNDO: Option<(Request, Timestamp)> = Some((Request::Undo, Timestamp::UNIX_EPOCH));
const RETRY: Option<(Request, Timestamp)> = Some((Request::Retry, Timestamp::UNIX_EPOCH));

fn operation(kind: OperationKind) -> Operation {
    Operation {
        id: OperationId::from_uuid(Uuid::nil()),
        organisation: OrganisationId::from_uuid(Uuid::nil()),
        kind,
        queue: Queue::High,
        tenant: None,
        target: "acme".to_owned(),
        state: OperationState::Running,
        input: json!({}),
        outputs: json!({}),
        error: None,
        progress: None,
        created_at: Timestamp::UNIX_EPOCH,
        created_by: Actor::Local { uid: 0 },
        started_at: None,
        finished_at: None,
        epoch: 0,
        lease_until: None,
        request_id: None,
    }
}

fn journal(rows: &[(RecordKind, &str)]) -> Vec<JournalRecord> {
    let row = |(record, step): &(RecordKind, &str)| JournalRecord {
        record: *record,
        step: Some((*step).to_owned()),
        attempt: 1,
        detail: None,
        actor: None,
        at: Timestamp::UNIX_EPOCH,
    };
    rows.iter().map(row).collect()
}

/// The plan as people read it: summary, actions, how it ends.
fn told(
    (verb, kind): (&str, OperationKind),
    rows: &[(RecordKind, &str)],
    request: Option<(Request, Timestamp)>,
) -> Vec<String> {
    let plan = asked(verb, &operation(kind), &journal(rows), request).unwrap();
    let actions =
        plan.actions.into_iter().map(|PlanAction { step, text }| format!("{step}: {text}"));
    let end = format!("-> {}", plan.settings["state"]);
    std::iter::once(plan.summary).chain(actions).chain([end]).collect()
}

#[test]
fn a_cancellation_takes_back_what_was_begun_newest_first() {
    use RecordKind::{Started, Succeeded};
    let rows = [(Started, "network"), (Succeeded, "network"), (Started, "blueprint")];

    let told = told(("cancel", OperationKind::TenantCreate), &rows, UNDO);

    assert_eq!(
        told,
        [
            "cancel tenant.create of acme",
            "blueprint: take back: preparing the blueprint",
            "network: take back: preparing a network",
            "-> undone",
        ]
    );
}

#[test]
fn a_cancellation_of_what_nobody_began_takes_nothing_back() {
    let told = told(("cancel", OperationKind::TenantCreate), &[], UNDO);

    assert_eq!(told, ["cancel tenant.create of acme", "-> undone"]);
}

#[test]
fn a_retry_begins_with_the_step_that_failed() {
    use RecordKind::{Failed, Started, Succeeded};
    let failed = [(Failed, "container"); 4];
    let rows = [(Started, "route"), (Succeeded, "route"), (Started, "container")];

    let told = told(("retry", OperationKind::TenantStop), &[&rows[..], &failed].concat(), RETRY);

    assert_eq!(
        told,
        ["retry tenant.stop of acme", "container: try again: stopping the container", "-> done",]
    );
}

#[test]
fn a_retry_of_an_unwinding_goes_on_unwinding() {
    use RecordKind::{Failed, Started, Succeeded, UndoFailed};
    let failed = [(UndoFailed, "blueprint"); 4];
    let rows = [
        (Started, "network"),
        (Succeeded, "network"),
        (Started, "blueprint"),
        (Failed, "blueprint"),
    ];

    let told = told(("retry", OperationKind::TenantCreate), &[&rows[..], &failed].concat(), RETRY);

    assert_eq!(
        told,
        [
            "retry tenant.create of acme",
            "blueprint: try again: take back: preparing the blueprint",
            "network: take back: preparing a network",
            "-> undone",
        ]
    );
}

#[test]
fn a_demo_that_is_released_stops_waiting() {
    use RecordKind::{Started, Succeeded};
    let rows = [(Started, "begin"), (Succeeded, "begin"), (Started, "wait")];

    let told = told(("release", OperationKind::Demo), &rows, None);

    assert_eq!(told, ["release demo of acme", "wait: stop waiting", "end: ending", "-> done"]);
}

#[test]
fn a_journal_of_a_newer_version_is_refused() {
    let rows = journal(&[(RecordKind::Started, "teleport")]);

    let refused = asked("cancel", &operation(OperationKind::TenantCreate), &rows, UNDO);

    assert!(refused.unwrap_err().to_string().contains("`started teleport`"));
}
