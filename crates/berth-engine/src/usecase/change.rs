//! Changing a tenant that exists.

use berth_domain::lifecycle::Change;
use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, Event, OperationId, Problems, Tenant, TenantState};
use berth_store::{events, operations, tenants};
use serde_json::{Value, json};

use super::operations::{Subject, new, view};
use super::{find_tenant, organisation, tenant};
use crate::admission::{parse_limits, room};
use crate::error::EngineError;
use crate::request::{SetTenant, TenantChange};
use crate::sagas::set::{SetInput, Wishes};
use crate::view::{OperationView, PlanView};
use crate::{Engine, plan};

impl Engine {
    /// Says what a change would do, and touches nothing.
    pub async fn plan_change(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        change: &TenantChange,
    ) -> Result<PlanView, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let id = OperationId::from_uuid(self.0.ids.uuid());
        allowed(&tenant, change, id)?;
        let input = self.input(&tenant, change).await?;
        Ok(plan::change(&tenant, change, &input))
    }

    /// Changes a tenant. Answers with the operation that does it.
    pub async fn change_tenant(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        change: &TenantChange,
    ) -> Result<OperationView, EngineError> {
        let (_, before) = find_tenant(&self.0, actor, org, name).await?;
        let input = self.input(&before, change).await?;

        let id = OperationId::from_uuid(self.0.ids.uuid());
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        // Read again inside the transaction that decides: somebody may have been faster.
        let tenant = tenant(&mut tx, &organisation, name).await?;
        let next = allowed(&tenant, change, id)?;
        let operation = new(
            &self.0,
            actor,
            id,
            Subject {
                organisation: organisation.id,
                kind: kind(change),
                queue: Queue::High,
                tenant: Some(tenant.id),
                target: tenant.name.to_string(),
                input,
                state: OperationState::Queued,
            },
        );
        operations::insert(&mut tx, &operation).await?;
        if !tenants::set_state(&mut tx, tenant.id, &tenant.state, &next).await?.is_updated() {
            return Err(busy(&tenant, change));
        }
        let data = json!({ "state": operation.state.as_str() });
        events::append(&mut tx, &self.0.reports.of(&operation).event("state", data), now).await?;
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        Ok(view(&operation, &[]))
    }

    /// Checks what the change asks for, and says it in the words of its operation.
    async fn input(&self, tenant: &Tenant, change: &TenantChange) -> Result<Value, EngineError> {
        let TenantChange::Set(set) = change else { return Ok(json!({})) };
        let SetTenant { cpu, memory, pids, stage } = set;
        let mut problems = Problems::default();
        if *set == SetTenant::default() {
            problems.add("", "nothing to set: name a limit or a stage");
        }
        let wanted = (cpu.as_deref(), memory.as_deref(), *pids);
        let limits = parse_limits(tenant.limits, wanted, &mut problems);
        let stage = match stage {
            Some(stage) => problems.check("stage", stage.parse()),
            None => Some(tenant.stage),
        };
        if let Some(limits) = limits {
            room::check(&self.0, limits, Some(tenant.id), &mut problems).await?;
        }
        let (Some(limits), Some(stage), true) = (limits, stage, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        if (limits, stage) == (tenant.limits, tenant.stage) {
            problems.add("", "nothing would change: these are the settings in force");
            return Err(EngineError::Invalid(problems));
        }
        let input = SetInput {
            from: Wishes::of(tenant.limits, tenant.stage),
            to: Wishes::of(limits, stage),
            was_running: tenant.state.is_up(),
        };
        Ok(serde_json::to_value(input).expect("plain data has a JSON form"))
    }
}

const fn kind(change: &TenantChange) -> OperationKind {
    match change {
        TenantChange::Start => OperationKind::TenantStart,
        TenantChange::Stop => OperationKind::TenantStop,
        TenantChange::Restart => OperationKind::TenantRestart,
        TenantChange::Set(_) => OperationKind::TenantSet,
        TenantChange::Delete => OperationKind::TenantDelete,
    }
}

/// The state that the change leads to, if the tenant is in one that allows it.
fn allowed(
    tenant: &Tenant,
    change: &TenantChange,
    operation: OperationId,
) -> Result<TenantState, EngineError> {
    if tenant.state.operation().is_some() {
        return Err(busy(tenant, change));
    }
    let event = match change {
        TenantChange::Start => Event::Change { operation, change: Change::Start },
        TenantChange::Stop => Event::Change { operation, change: Change::Stop },
        TenantChange::Restart => Event::Change { operation, change: Change::Restart },
        TenantChange::Set(_) => Event::Change { operation, change: Change::Set },
        TenantChange::Delete => Event::Purge { operation },
    };
    tenant
        .state
        .on(event)
        .map_err(|source| EngineError::Illegal { tenant: tenant.name.to_string(), source })
}

fn busy(tenant: &Tenant, change: &TenantChange) -> EngineError {
    match tenant.state.operation() {
        Some(operation) => EngineError::Busy {
            tenant: tenant.name.to_string(),
            kind: format!("it is {}", tenant.state.label()),
            operation,
        },
        None => EngineError::NotRunning {
            tenant: tenant.name.to_string(),
            state: kind(change).as_str(),
        },
    }
}
