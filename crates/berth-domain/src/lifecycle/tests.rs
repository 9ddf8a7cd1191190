use std::fmt::Write as _;

use super::*;

fn states() -> Vec<TenantState> {
    let operation = OperationId::from_uuid(uuid::Uuid::from_u128(1));
    let mut states = vec![
        TenantState::Provisioning { operation },
        TenantState::Running,
        TenantState::OverLimit { since: Timestamp::UNIX_EPOCH },
        TenantState::Drifted { since: Timestamp::UNIX_EPOCH },
        TenantState::Stopped { since: Timestamp::UNIX_EPOCH },
        TenantState::Suspended { since: Timestamp::UNIX_EPOCH },
        TenantState::Archived { since: Timestamp::UNIX_EPOCH },
        TenantState::Deleted { since: Timestamp::UNIX_EPOCH, until: Timestamp::MAX },
        TenantState::Broken { since: Timestamp::UNIX_EPOCH, failed: operation, suspended: false },
        TenantState::Broken { since: Timestamp::UNIX_EPOCH, failed: operation, suspended: true },
        TenantState::Deleting { operation },
    ];
    states.extend(Change::ALL.map(|change| TenantState::Changing { operation, change }));
    states
}

fn events() -> Vec<Event> {
    let operation = OperationId::from_uuid(uuid::Uuid::from_u128(2));
    let at = Timestamp::UNIX_EPOCH;
    let mut events = vec![
        Event::Ready,
        Event::Halt { at },
        Event::Suspend { at },
        Event::Archive { at },
        Event::Discard { at, until: at },
        Event::Drift { at },
        Event::Exceed { at },
        Event::Fit,
        Event::Fail { at, suspended: false },
        Event::Fail { at, suspended: true },
        Event::Purge { operation },
    ];
    events.extend(Change::ALL.map(|change| Event::Change { operation, change }));
    events.extend(
        states()
            .into_iter()
            .filter(|state| state.operation().is_none())
            .map(|to| Event::Return { to }),
    );
    let failed = OperationId::from_uuid(uuid::Uuid::from_u128(1));
    events.push(Event::Retry { operation: failed, change: None });
    events.push(Event::Retry { operation, change: None });
    events
}

#[test]
fn the_lifecycle_is_this_table() {
    let mut table = String::new();
    for state in states() {
        for event in events() {
            if let Ok(next) = state.on(event) {
                let (state, event, next) = (state.in_full(), event.label(), next.in_full());
                writeln!(table, "{state:<20} {event:<20} -> {next}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn nothing_leaves_a_removal_but_its_own_cancellation() {
    let deleting = TenantState::Deleting { operation: OperationId::from_uuid(uuid::Uuid::nil()) };

    for event in events() {
        let is_return = matches!(event, Event::Return { .. });
        assert_eq!(deleting.on(event).is_ok(), is_return, "{event:?}");
    }
}

#[test]
fn a_tenant_that_broke_while_it_was_suspended_is_opened_by_nothing_but_a_resumption() {
    let operation = OperationId::from_uuid(uuid::Uuid::from_u128(1));
    let at = Timestamp::UNIX_EPOCH;
    let setting = TenantState::Changing { operation, change: Change::Set };

    let broken = setting.on(Event::Fail { at, suspended: true }).unwrap();

    assert!(broken.is_suspended());
    let may = |change| broken.on(Event::Change { operation, change }).is_ok();
    let allowed: Vec<Change> = Change::ALL.into_iter().filter(|change| may(*change)).collect();
    assert_eq!(allowed, [Change::Suspend, Change::Resume, Change::Archive, Change::Delete]);
}
