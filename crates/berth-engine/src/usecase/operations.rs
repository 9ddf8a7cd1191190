//! Operations: beginning, finding and listing them.

mod demo;
mod full;
mod planned;
mod told;
mod view;

use std::sync::Arc;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, OrganisationId, Problems, TenantId};
use berth_store::operations::{self as stored, Filter, Operation};
use berth_store::{Part, Tx};
use serde_json::{Value, json};

use super::{organisation, shown};
use crate::Engine;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::page;
use crate::request::{OperationFilter, PageRequest};
use crate::view::{OperationPage, OperationView};

pub(super) use view::view;

/// What a new operation is about.
pub(super) struct Subject {
    pub(super) organisation: OrganisationId,
    pub(super) kind: OperationKind,
    pub(super) queue: Queue,
    pub(super) tenant: Option<TenantId>,
    pub(super) target: String,
    pub(super) input: Value,
    pub(super) state: OperationState,
}

/// Describes an operation that nobody has begun.
pub(super) fn new(
    engine: &Arc<Inner>,
    actor: &Actor,
    id: OperationId,
    subject: Subject,
) -> Operation {
    let Subject { organisation, kind, queue, tenant, target, input, state } = subject;
    Operation {
        id,
        organisation,
        kind,
        queue,
        tenant,
        target,
        state,
        input,
        outputs: json!({}),
        error: None,
        progress: None,
        created_at: engine.clock.now(),
        created_by: actor.clone(),
        started_at: None,
        finished_at: None,
        epoch: 0,
        lease_until: None,
        request_id: None,
    }
}

/// Newest first a page begins `before` a place, oldest first `after` it.
fn part(filter: &OperationFilter, problems: &mut Problems) -> Part<OperationId> {
    let OperationFilter { sort, before, after, limit, .. } = filter;
    let request = PageRequest { sort: sort.clone(), after: None, limit: *limit };
    let mut part = page::part(&request, ["-created", "created"], str::parse, problems);
    let (mut here, mut other) = (("before", before), ("after", after));
    if part.is_reversed {
        std::mem::swap(&mut here, &mut other);
    }
    let (field, place) = here;
    part.page.after = place.as_ref().and_then(|text| problems.check(field, text.parse()));
    if other.1.is_some() {
        problems.add(other.0, format!("a list in this order goes on with `{field}`"));
    }
    part
}

impl Engine {
    /// Lists operations, newest first unless somebody wants another order.
    pub async fn operations(
        &self,
        actor: &Actor,
        org: &str,
        filter: &OperationFilter,
    ) -> Result<OperationPage, EngineError> {
        let mut problems = Problems::default();
        let state = filter.state.as_ref().and_then(|text| {
            problems.one_of("state", text, OperationState::ALL, OperationState::as_str)
        });
        let kind = filter.kind.as_ref().and_then(|text| {
            problems.one_of("kind", text, OperationKind::ALL, OperationKind::as_str)
        });
        let part = part(filter, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let tenant = match &filter.tenant {
            Some(name) => Some(super::tenant(&mut tx, &organisation, name).await?.id),
            None => None,
        };
        let filter = Filter { state, tenant, kind };
        let listed = stored::list(&mut tx, organisation.id, &filter, &part).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "an operation cannot be read");
        }
        let mut operations = Vec::with_capacity(listed.rows.len());
        for operation in &listed.rows {
            let journal = stored::journal(&mut tx, operation.id).await?;
            operations.push(view(operation, &journal));
        }
        Ok(OperationPage { operations, next: listed.next })
    }

    /// Looks at one operation.
    pub async fn operation(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<OperationView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let operation = find(&mut tx, actor, org, id).await?;
        let journal = stored::journal(&mut tx, operation.id).await?;
        Ok(view(&operation, &journal))
    }
}

pub(super) async fn find(
    tx: &mut Tx,
    actor: &Actor,
    org: &str,
    id: &str,
) -> Result<Operation, EngineError> {
    let organisation = organisation(tx, actor, org).await?;
    let no_such = || EngineError::NoSuchOperation(shown(id));
    let id = id.parse().map_err(|_| no_such())?;
    stored::find(tx, organisation.id, id).await?.ok_or_else(no_such)
}
