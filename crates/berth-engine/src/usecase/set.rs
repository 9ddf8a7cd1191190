//! Setting limits and stage, and noting things about a tenant.
//!
//! # Invariants
//!
//! * What is noted takes effect at once, in one transaction with an event. Limits and stage need an
//!   operation; asked for together, both are written by the same transaction or neither is.

use berth_domain::operation::OperationKind;
use berth_domain::{Actor, Details, Problems, Tag, Tenant, Timestamp};
use berth_store::events::NewEvent;
use berth_store::operations::Operation;
use berth_store::{Tx, events, quotas, tenants};
use serde_json::{Value, json};

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

/// What somebody asked for, checked.
struct Wanting {
    noted: Noted,
    /// `None`: limits and stage stay as they are.
    set: Option<SetInput>,
    tenant: Tenant,
}

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
        let wanting = self.wanting(&tenant, request).await?;
        let was = Noted { details: tenant.details.clone(), storage: tenant.storage };
        Ok(plan::set(&tenant, (&was, &wanting.noted), wanting.set.as_ref()))
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
        let (organisation, seen) = find_tenant(&self.0, actor, org, meant.name).await?;
        meant.check(&seen)?;
        // Looked at before the transaction, which must not wait for an engine.
        let wanting = self.wanting(&seen, request).await?;
        let mut tx = self.0.store.begin().await?;
        quotas::lock(&mut tx).await?;
        let tenant = read_tenant(&mut tx, &organisation, meant.name).await?;
        meant.check(&tenant)?;
        let had = Wanted::of(&tenant);
        let mut problems = Problems::default();
        let noted = self.note(&tenant, request, &mut problems);
        let limits = wanting.set.as_ref().map_or(tenant.limits, |_| wanting.tenant.limits);
        let wanted =
            Wanted { owner: noted.details.owner.as_ref(), storage: noted.storage, limits, ..had };
        quota::check(&self.0, &mut tx, &wanted, Some(&had), &mut problems).await?;
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        self.write_notes(&mut tx, &tenant, &noted).await?;
        let operation = match &wanting.set {
            Some(set) => Some(self.begin_set(&mut tx, actor, &seen, set).await?),
            None => None,
        };
        // The state as it is by now, with the operation that has it.
        let news = match tenants::get(&mut tx, tenant.organisation, tenant.id).await? {
            Some(tenant) if noted.storage != seen.storage => {
                storage::reconsider(&mut tx, &tenant, self.0.clock.now()).await?
            }
            _ => None,
        };
        self.append_event(&mut tx, actor, &tenant, &noted).await?;
        if let Some(news) = news {
            events::append(&mut tx, &news, self.0.clock.now()).await?;
        }
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        if let Some(operation) = operation {
            return Ok(SetOutcome::Begun(Box::new(view(&operation, &[]))));
        }
        let view = self.tenant(actor, org, meant.name).await?;
        // A standby leaves routes to the driver, which looks every minute.
        if self.role() == Role::Driver {
            deadlines::reword(&self.0, &view.tenant).await;
        }
        Ok(SetOutcome::Noted(Box::new(view)))
    }

    /// Checks everything that was asked for.
    async fn wanting(&self, tenant: &Tenant, request: &SetTenant) -> Result<Wanting, EngineError> {
        let SetTenant { cpu, memory, pids, stage, .. } = request;
        let mut problems = Problems::default();
        if *request == SetTenant::default() {
            problems.add("", "nothing to set: name a limit, a stage, or something to note");
        }
        let noted = self.note(tenant, request, &mut problems);
        let wanted = (cpu.as_deref(), memory.as_deref(), *pids);
        let limits = parse_limits(tenant.limits, wanted, &mut problems);
        let stage = match stage {
            Some(stage) => problems.check("stage", stage.parse()),
            None => Some(tenant.stage),
        };
        let sets = cpu.is_some() || memory.is_some() || pids.is_some() || request.stage.is_some();
        if let (Some(limits), true) = (limits, sets) {
            room::check(&self.0, limits, Some(tenant.id), &mut problems).await?;
        }
        if let Some(limits) = limits {
            let had = Wanted::of(tenant);
            let owner = noted.details.owner.as_ref();
            let wanted = Wanted { owner, storage: noted.storage, limits, ..had };
            let mut tx = self.0.store.read().await?;
            quota::check(&self.0, &mut tx, &wanted, Some(&had), &mut problems).await?;
        }
        let (Some(limits), Some(stage), true) = (limits, stage, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        let is_same = (limits, stage) == (tenant.limits, tenant.stage);
        let is_noted = noted.details == tenant.details && noted.storage == tenant.storage;
        if is_same && is_noted {
            problems.add("", "nothing would change: these are the settings in force");
            return Err(EngineError::Invalid(problems));
        }
        let set = (!is_same).then(|| SetInput {
            from: Wishes::of(tenant.limits, tenant.stage),
            to: Wishes::of(limits, stage),
        });
        if set.is_some() {
            let id = self.operation_id();
            decide::allowed(&self.0, &self.1, tenant, (OperationKind::TenantSet, id))?;
        }
        Ok(Wanting { noted, set, tenant: Tenant { limits, stage, ..tenant.clone() } })
    }

    fn note(&self, tenant: &Tenant, request: &SetTenant, problems: &mut Problems) -> Noted {
        let was = Noted { details: tenant.details.clone(), storage: tenant.storage };
        notes::read(&request.notes, was, self.0.clock.now(), problems)
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
        let was = Noted { details: tenant.details.clone(), storage: tenant.storage };
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

fn told(Noted { details, storage }: &Noted) -> Value {
    let Details { notes, tags, owner, expires_at } = details;
    json!({
        "notes": notes.as_ref().map(ToString::to_string),
        "tags": tags.as_slice().iter().map(Tag::as_str).collect::<Vec<_>>(),
        "owner": owner.as_ref().map(ToString::to_string),
        "expires_at": expires_at.as_ref().map(Timestamp::to_string),
        "storage_bytes": storage.map(|bytes| bytes.0),
    })
}

/// The same for those who look at who did what, years later. What people write about a tenant is
/// theirs to remove, so only that there is something is said of it.
fn noticed(noted: &Noted) -> Value {
    let mut noticed = told(noted);
    let length = noted.details.notes.as_ref().map(|notes| notes.to_string().chars().count());
    noticed["notes"] = length.map_or(Value::Null, |n| json!(format!("{n} characters")));
    noticed
}
