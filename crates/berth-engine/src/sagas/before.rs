//! What a tenant was before an operation began, kept in the operation's input.
//!
//! # Invariants
//!
//! * Its JSON is kept in the journal: words and fields are only ever added.

use berth_domain::operation::OperationKind;
use berth_domain::{Event, OperationId, TenantState, Timestamp};
use berth_store::operations::Operation;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::{Context, StepError};

/// Where it stands in the input.
const FIELD: &str = "before";
/// Where operations note whether what is put away, or brought back, was suspended.
const SUSPENDED: &str = "suspended";

/// A state that no operation has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Before {
    Running,
    OverLimit {
        since: Timestamp,
    },
    Drifted {
        since: Timestamp,
    },
    Stopped {
        since: Timestamp,
    },
    Suspended {
        since: Timestamp,
    },
    Archived {
        since: Timestamp,
    },
    Deleted {
        since: Timestamp,
        until: Timestamp,
    },
    Broken {
        since: Timestamp,
        failed: String,
        #[serde(default)]
        suspended: bool,
    },
}

/// Notes what a tenant is, in the input of the operation that is about to change it.
pub(crate) fn note(input: &mut Value, state: TenantState) {
    use TenantState as S;

    let before = match state {
        S::Running => Before::Running,
        S::OverLimit { since } => Before::OverLimit { since },
        S::Drifted { since } => Before::Drifted { since },
        S::Stopped { since } => Before::Stopped { since },
        S::Suspended { since } => Before::Suspended { since },
        S::Archived { since } => Before::Archived { since },
        S::Deleted { since, until } => Before::Deleted { since, until },
        S::Broken { since, failed, suspended } => {
            Before::Broken { since, failed: failed.to_string(), suspended }
        }
        // No change begins from there.
        S::Provisioning { .. } | S::Changing { .. } | S::Deleting { .. } => return,
    };
    input[FIELD] = serde_json::to_value(before).expect("plain data has a JSON form");
}

/// Reads what the tenant was.
pub(crate) fn state(context: &Context) -> Result<TenantState, StepError> {
    read(&context.operation.input)
        .ok_or_else(|| StepError::fail("cannot read what the tenant was before"))
}

/// What becomes of a tenant whose operation is stuck. Visitors whom an operator refused before it
/// began, or was about to refuse, go on being refused.
pub(crate) fn failure(context: &Context) -> Event {
    let Operation { kind, input, .. } = &context.operation;
    Event::Fail { at: context.clock.now(), suspended: is_closed(*kind, input) }
}

fn is_closed(kind: OperationKind, input: &Value) -> bool {
    let was_suspended = read(input).is_some_and(|state| state.is_suspended());
    let was_put_away_so = input.get(SUSPENDED).and_then(Value::as_bool).unwrap_or(false);
    was_suspended || was_put_away_so || kind == OperationKind::TenantSuspend
}

fn read(input: &Value) -> Option<TenantState> {
    use TenantState as S;

    Some(match serde_json::from_value(input.get(FIELD)?.clone()).ok()? {
        Before::Running => S::Running,
        Before::OverLimit { since } => S::OverLimit { since },
        Before::Drifted { since } => S::Drifted { since },
        Before::Stopped { since } => S::Stopped { since },
        Before::Suspended { since } => S::Suspended { since },
        Before::Archived { since } => S::Archived { since },
        Before::Deleted { since, until } => S::Deleted { since, until },
        Before::Broken { since, failed, suspended } => {
            S::Broken { since, failed: failed.parse::<OperationId>().ok()?, suspended }
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_state_of_rest_reads_back() {
        let (since, until) = (Timestamp::UNIX_EPOCH, Timestamp::constant(1_790_000_000, 1_000));
        let failed = OperationId::from_uuid(uuid::Uuid::from_u128(7));
        for state in [
            TenantState::Running,
            TenantState::OverLimit { since },
            TenantState::Drifted { since },
            TenantState::Stopped { since },
            TenantState::Suspended { since },
            TenantState::Archived { since },
            TenantState::Deleted { since, until },
            TenantState::Broken { since, failed, suspended: false },
            TenantState::Broken { since, failed, suspended: true },
        ] {
            let mut input = json!({ "other": 1 });
            note(&mut input, state);

            assert_eq!(read(&input), Some(state));
            assert_eq!(input["other"], 1);
        }
    }

    #[test]
    fn whom_an_operator_refused_before_an_operation_broke_is_refused_afterwards() {
        use OperationKind as K;

        let (since, failed) = (Timestamp::UNIX_EPOCH, OperationId::from_uuid(uuid::Uuid::nil()));
        let closed = |kind, input: Value, state| {
            let mut input = input;
            note(&mut input, state);
            is_closed(kind, &input)
        };
        let suspended = TenantState::Suspended { since };
        let again = TenantState::Broken { since, failed, suspended: true };
        let archived = TenantState::Archived { since };

        assert!(closed(K::TenantSet, json!({}), suspended));
        assert!(closed(K::TenantResume, json!({}), again));
        assert!(closed(K::TenantUnarchive, json!({ "suspended": true }), archived));
        assert!(closed(K::TenantSuspend, json!({}), TenantState::Running));
        assert!(!closed(K::TenantUnarchive, json!({ "suspended": false }), archived));
        assert!(!closed(K::TenantRestart, json!({}), TenantState::Running));
        assert!(!is_closed(K::TenantCreate, &json!({})));
    }
}
