//! An operation to test the driver with.

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, OrganisationId, Timestamp};
use berth_store::operations::{Capacity, Operation};
use serde_json::json;

/// Room for it.
pub(super) const ONE: Capacity = Capacity { all: 1, imports: 1 };

/// One that waits for its turn.
pub(super) fn operation(id: OperationId, organisation: OrganisationId) -> Operation {
    Operation {
        id,
        organisation,
        kind: OperationKind::Demo,
        queue: Queue::Default,
        tenant: None,
        target: "words".to_owned(),
        state: OperationState::Queued,
        input: json!({}),
        outputs: json!({}),
        error: None,
        progress: None,
        created_at: Timestamp::UNIX_EPOCH,
        created_by: Actor::System,
        started_at: None,
        finished_at: None,
        epoch: 0,
        lease_until: None,
        request_id: None,
    }
}
