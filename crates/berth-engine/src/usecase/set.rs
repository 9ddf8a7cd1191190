//! Setting limits and stage, and noting things about a tenant.
//!
//! # Invariants
//!
//! * What is noted takes effect at once, in one transaction with an event. Limits and stage need an
//!   operation; asked for together, both are written by the same transaction or neither is.
//! * What somebody does not name stays as it is in that transaction, whoever changed it last.

mod told;

use berth_domain::operation::OperationKind;
use berth_domain::{Actor, Limits, Organisation, Problems, Stage, Tenant};
use berth_store::events::NewEvent;
use berth_store::operations::Operation;
use berth_store::{Tx, events, quotas, tenants};
use serde_json::json;

use self::told::{noticed, told};
use super::audit::Deed;
use super::change::decide::{self, Request};
use super::operations::view;
use super::{find_tenant, tenant as read_tenant};
use crate::admission::notes::{self, Noted};
use crate::admission::quota::{self, Wanted};
use crate::admission::{parse_limits, room};
use crate::error::EngineError;
use crate::request::{Meant, SetTenant};
use crate::sagas::set::{SetInput, Wishes};
use crate::view::{OperationView, PlanView, TenantView};
use crate::{Engine, Role, deadlines, plan, storage};

/// What came of setting something.
#[derive(Debug)]
pub enum SetOutcome {
    /// An operation does it. What was noted is noted already.
    Begun(Box<OperationView>),
    /// All of it is done.
    Noted(Box<TenantView>),
}

/// What was written.
enum Written {
    Begun(Box<Operation>),
    Noted,
    Nothing,
}

/// What somebody asked for, as it is for one tenant: what they do not name stays as it is there.
struct Wanting {
    noted: Noted,
    limits: Limits,
    stage: Stage,
}

impl Wanting {
    /// What an operation has to do. `None`: limits and stage are as they are to be.
    fn set(&self, tenant: &Tenant) -> Option<SetInput> {
        let from = Wishes::of(tenant.limits, tenant.stage);
        let to = Wishes::of(self.limits, self.stage);
        (from != to).then_some(SetInput { from, to })
    }
}

/// How often a tenant is looked at again that others change meanwhile.
const LOOKS: usize = 5;

impl Engine {
    /// Says what setting something would do, and touches nothing.
    pub async fn plan_set(
        &self,
        actor: &Actor,
        org: &str,
        tenant: impl Into<Meant<'_>>,
        request: &SetTenant,
    ) -> Result<PlanView, EngineError> {
        let meant = tenant.into();
        let (_, tenant) = find_tenant(&self.0, actor, org, meant.name).await?;
        meant.check(&tenant)?;
        let wanting = self.look(&tenant, request).await?;
        let was = was(&tenant);
        Ok(plan::set(&tenant, (&was, &wanting.noted), wanting.set(&tenant).as_ref()))
    }

    /// Gives a tenant other limits or another stage, and notes things about it.
    pub async fn set_tenant(
        &self,
        actor: &Actor,
        org: &str,
        tenant: impl Into<Meant<'_>>,
        request: &SetTenant,
    ) -> Result<SetOutcome, EngineError> {
        let meant = tenant.into();
        for _ in 0..LOOKS {
            let (organisation, seen) = find_tenant(&self.0, actor, org, meant.name).await?;
            meant.check(&seen)?;
            // Looked at before the transaction, which must not wait for an engine.
            let looked = self.look(&seen, request).await?;
            let place = (&organisation, meant);
            let written = match self.write(actor, place, request, looked.limits).await? {
                Written::Nothing => continue,
                Written::Begun(operation) => SetOutcome::Begun(Box::new(view(&operation, &[]))),
                Written::Noted => {
                    let view = self.tenant(actor, org, meant.name).await?;
                    // A standby leaves routes to the driver, which looks every minute.
                    if self.role() == Role::Driver {
                        deadlines::reword(&self.0, &view.tenant).await;
                    }
                    SetOutcome::Noted(Box::new(view))
                }
            };
            return Ok(written);
        }
        Err(decide::changed_just_now(meant.name))
    }

    /// Writes what was asked for, on the tenant as it is in this transaction: what others changed
    /// meanwhile stays. `Nothing`: by that its limits are others than there was room for.
    async fn write(
        &self,
        actor: &Actor,
        (organisation, meant): (&Organisation, Meant<'_>),
        request: &SetTenant,
        room_for: Limits,
    ) -> Result<Written, EngineError> {
        let mut tx = self.0.store.begin().await?;
        quotas::lock(&mut tx).await?;
        let tenant = read_tenant(&mut tx, organisation, meant.name).await?;
        meant.check(&tenant)?;
        let wanting = self.wanting(&mut tx, &tenant, request).await?;
        if wanting.limits != room_for {
            return Ok(Written::Nothing);
        }
        let noted = &wanting.noted;
        self.write_notes(&mut tx, &tenant, noted).await?;
        let operation = match wanting.set(&tenant) {
            Some(set) => Some(self.begin_set(&mut tx, actor, &tenant, &set).await?),
            None => None,
        };
        // The state as it is by now, with the operation that has it.
        let news = match tenants::get(&mut tx, tenant.organisation, tenant.id).await? {
            Some(now) if noted.storage != tenant.storage => {
                storage::reconsider(&mut tx, &now, self.0.clock.now()).await?
            }
            _ => None,
        };
        self.append_event(&mut tx, actor, &tenant, noted).await?;
        if let Some(news) = news {
            events::append(&mut tx, &news, self.0.clock.now()).await?;
        }
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        Ok(operation.map_or(Written::Noted, |operation| Written::Begun(Box::new(operation))))
    }

    /// Checks everything that was asked for.
    async fn look(&self, tenant: &Tenant, request: &SetTenant) -> Result<Wanting, EngineError> {
        let mut tx = self.0.store.read().await?;
        let wanting = self.wanting(&mut tx, tenant, request).await;
        drop(tx);
        // What is wrong with the host's room is said beside everything else.
        let (mut problems, wanting) = match wanting {
            Ok(wanting) => (Problems::default(), Some(wanting)),
            Err(EngineError::Invalid(problems)) => (problems, None),
            Err(error) => return Err(error),
        };
        let limits = parse_limits(tenant.limits, limits(request), &mut Problems::default());
        if let (Some(limits), true) = (limits, names_wishes(request)) {
            room::check(&self.0, room::Asked::of(tenant, limits), &mut problems).await?;
        }
        match wanting {
            Some(wanting) if problems.is_empty() => Ok(wanting),
            _ => Err(EngineError::Invalid(problems)),
        }
    }

    /// The same, except for the room that the host has.
    async fn wanting(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        request: &SetTenant,
    ) -> Result<Wanting, EngineError> {
        let mut problems = Problems::default();
        if *request == SetTenant::default() {
            problems.add("", "nothing to set: name a limit, a stage, or something to note");
        }
        let noted = self.note(tenant, request, &mut problems);
        let limits = parse_limits(tenant.limits, limits(request), &mut problems);
        let stage = match &request.stage {
            Some(stage) => problems.check("stage", stage.parse()),
            None => Some(tenant.stage),
        };
        if let Some(limits) = limits {
            let had = Wanted::of(tenant);
            let owner = noted.details.owner.as_ref();
            let wanted = Wanted { owner, storage: noted.storage, limits, ..had };
            quota::check(&self.0, tx, &wanted, Some(&had), &mut problems).await?;
        }
        let (Some(limits), Some(stage), true) = (limits, stage, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        let wanting = Wanting { noted, limits, stage };
        let is_changed = wanting.set(tenant).is_some();
        // What an operation is about to write is not what is in force.
        if is_changed || (names_wishes(request) && tenant.state.operation().is_some()) {
            let id = self.operation_id();
            decide::allowed(&self.0, &self.1, tenant, (OperationKind::TenantSet, id))?;
        }
        if !is_changed && wanting.noted == was(tenant) {
            problems.add("", "nothing would change: these are the settings in force");
            return Err(EngineError::Invalid(problems));
        }
        Ok(wanting)
    }

    fn note(&self, tenant: &Tenant, request: &SetTenant, problems: &mut Problems) -> Noted {
        notes::read(&request.notes, was(tenant), self.0.clock.now(), problems)
    }

    async fn begin_set(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        seen: &Tenant,
        set: &SetInput,
    ) -> Result<Operation, EngineError> {
        let input = serde_json::to_value(set).expect("plain data has a JSON form");
        let (kind, id) = (OperationKind::TenantSet, self.operation_id());
        // What somebody knows was held against the tenant in this transaction already.
        let request = Request { actor, asker: &self.1, seen, known: None, kind, id, input };
        decide::begin(tx, &self.0, request).await
    }

    async fn write_notes(
        &self,
        tx: &mut Tx,
        tenant: &Tenant,
        noted: &Noted,
    ) -> Result<(), EngineError> {
        let (organisation, id) = (tenant.organisation, tenant.id);
        if noted.details != tenant.details {
            let _ = tenants::describe(tx, organisation, id, &noted.details).await?;
        }
        if noted.storage != tenant.storage {
            let _ = tenants::limit_storage(tx, organisation, id, noted.storage).await?;
        }
        Ok(())
    }

    /// What was noted about a tenant, for everybody who watches.
    async fn append_event(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        tenant: &Tenant,
        noted: &Noted,
    ) -> Result<(), EngineError> {
        let was = was(tenant);
        if was == *noted {
            return Ok(());
        }
        let deed = Deed::to("tenant.note", tenant).before(noticed(&was)).after(noticed(noted));
        self.record(tx, actor, deed).await?;
        let event = NewEvent {
            organisation: tenant.organisation,
            operation: None,
            tenant: Some(tenant.id),
            kind: "tenant.noted".to_owned(),
            data: json!({
                "tenant": tenant.name.as_str(), "actor": actor.to_string(),
                "before": told(&was), "after": told(noted),
            }),
        };
        events::append(tx, &event, self.0.clock.now()).await?;
        Ok(())
    }
}

/// What is noted about a tenant now.
fn was(tenant: &Tenant) -> Noted {
    Noted { details: tenant.details.clone(), storage: tenant.storage }
}

/// The limits that somebody names.
fn limits(request: &SetTenant) -> (Option<&str>, Option<&str>, Option<u32>) {
    (request.cpu.as_deref(), request.memory.as_deref(), request.pids)
}

/// Whether somebody names what an operation would have to do.
fn names_wishes(request: &SetTenant) -> bool {
    limits(request) != (None, None, None) || request.stage.is_some()
}

#[cfg(test)]
mod tests;
