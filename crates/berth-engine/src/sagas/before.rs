//! What a tenant was before an operation began, kept in the operation's input.
//!
//! # Invariants
//!
//! * Its JSON is kept in the journal: words and fields are only ever added.

use berth_domain::{OperationId, TenantState, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::{Context, StepError};

/// Where it stands in the input.
const FIELD: &str = "before";

/// A state that no operation has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Before {
    Running,
    OverLimit { since: Timestamp },
    Drifted { since: Timestamp },
    Stopped { since: Timestamp },
    Suspended { since: Timestamp },
    Archived { since: Timestamp },
    Deleted { since: Timestamp, until: Timestamp },
    Broken { since: Timestamp, failed: String },
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
        S::Broken { since, failed } => Before::Broken { since, failed: failed.to_string() },
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
        Before::Broken { since, failed } => {
            S::Broken { since, failed: failed.parse::<OperationId>().ok()? }
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
            TenantState::Broken { since, failed },
        ] {
            let mut input = json!({ "other": 1 });
            note(&mut input, state);

            assert_eq!(read(&input), Some(state));
            assert_eq!(input["other"], 1);
        }
    }
}
