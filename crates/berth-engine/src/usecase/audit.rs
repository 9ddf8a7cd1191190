//! Writing down who did what, and showing it.
//!
//! # Invariants
//!
//! * What changes rows is written down in the same transaction. What has an effect elsewhere, or
//!   shows a secret, is written down before: what cannot be written down is not done.
//! * What is written down of a thing is chosen field by field, and no secret is chosen.
//! * Whoever may not do something does not have it written down, and so it is not done (`takes`).

pub(crate) mod denied;
mod takes;

use berth_domain::access::{Place, Right};
use berth_domain::audit::{Object, ObjectKind, Origin, Outcome};
use berth_domain::{Actor, AuditId, OperationId, OrganisationId, Problems, Tenant};
use berth_store::audit::{self as stored, AuditEntry, Filter};
use berth_store::{Page, StoreError, Tx};
use serde_json::Value;

use super::{once, terms, within};
use crate::Engine;
use crate::admission::notes::past;
use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::request::AuditFilter;
use crate::view::Listing;

pub(crate) use denied::{Denials, Refusal};

/// Something that somebody does.
#[derive(Debug)]
pub(crate) struct Deed {
    action: &'static str,
    organisation: Option<OrganisationId>,
    object: Object,
    before: Option<Value>,
    after: Option<Value>,
}

impl Deed {
    /// What is done in an organisation.
    pub(crate) const fn new(
        action: &'static str,
        organisation: OrganisationId,
        object: Object,
    ) -> Self {
        Self { action, organisation: Some(organisation), object, before: None, after: None }
    }

    pub(crate) fn to(action: &'static str, tenant: &Tenant) -> Self {
        Self::new(action, tenant.organisation, Object::tenant(tenant))
    }

    /// What is done to the installation itself.
    pub(crate) const fn to_installation(action: &'static str, object: Object) -> Self {
        Self { action, organisation: None, object, before: None, after: None }
    }

    pub(crate) fn before(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    pub(crate) fn after(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }

    /// The operation that it begins.
    fn operation(&self) -> Option<OperationId> {
        self.after.as_ref()?.get("operation")?.as_str()?.parse().ok()
    }
}

/// Writes down what somebody does, in the transaction that does it, and that their request is carried
/// out by that: sent again, it is not carried out again. Fails when they may do other things by now than
/// when they asked.
pub(crate) async fn record(
    tx: &mut Tx,
    engine: &Inner,
    (actor, asker): (&Actor, &Asker),
    deed: Deed,
) -> Result<(), EngineError> {
    takes::demand(asker, &deed)?;
    terms::refuse_if_changed(tx, engine, asker).await?;
    let operation = deed.operation();
    write(tx, engine, (actor, &asker.origin), deed).await?;
    Ok(once::remember(tx, engine, (actor, asker), operation).await?)
}

async fn write(
    tx: &mut Tx,
    engine: &Inner,
    (actor, origin): (&Actor, &Origin),
    deed: Deed,
) -> Result<(), StoreError> {
    let Deed { action, organisation, object, before, after } = deed;
    let entry = AuditEntry {
        id: AuditId::from_uuid(engine.ids.uuid()),
        at: engine.clock.now(),
        organisation,
        actor: actor.clone(),
        action: action.to_owned(),
        object,
        before,
        after,
        origin: origin.clone(),
        outcome: Outcome::Allowed,
    };
    stored::append(tx, &entry).await
}

impl Engine {
    /// Writes down what somebody does, in the transaction that does it.
    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        deed: Deed,
    ) -> Result<(), EngineError> {
        record(tx, &self.0, (actor, &self.1), deed).await
    }

    /// Writes down what somebody is about to do that no transaction holds. Their request is not carried
    /// out by that.
    pub(super) async fn record_now(&self, actor: &Actor, deed: Deed) -> Result<(), EngineError> {
        takes::demand(&self.1, &deed)?;
        let mut tx = self.0.store.begin().await?;
        terms::refuse_if_changed(&mut tx, &self.0, &self.1).await?;
        write(&mut tx, &self.0, (actor, &self.1.origin), deed).await?;
        Ok(tx.commit().await?)
    }

    /// Lists who did what in an organisation, newest first; with `None` what was done to the
    /// installation itself.
    pub async fn audit(
        &self,
        actor: &Actor,
        org: Option<&str>,
        asked: &AuditFilter,
    ) -> Result<Listing<AuditEntry>, EngineError> {
        let mut problems = Problems::default();
        let (filter, page) = self.read_audit_filter(asked, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = within(&mut tx, actor, org).await?;
        match organisation {
            Some(organisation) => self.demand(Right::Audit, Place::Organisation(organisation))?,
            None => self.demand(Right::Installation, Place::Installation)?,
        }
        let listed = stored::list(&mut tx, organisation, &filter, &page).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "what somebody did cannot be read");
        }
        Ok(Listing { items: listed.rows, next: listed.next })
    }

    fn read_audit_filter(
        &self,
        asked: &AuditFilter,
        problems: &mut Problems,
    ) -> (Filter, Page<AuditId>) {
        let AuditFilter { actor, action, kind, object, outcome, since, until, before, limit } =
            asked;
        let now = self.0.clock.now();
        let kind = kind
            .as_ref()
            .and_then(|text| problems.one_of("kind", text, ObjectKind::ALL, ObjectKind::as_str));
        let outcome = outcome
            .as_ref()
            .and_then(|text| problems.one_of("outcome", text, Outcome::ALL, Outcome::as_str));
        let mut time = |field, text: &Option<String>| {
            text.as_ref().and_then(|text| problems.check(field, past(text, now)))
        };
        let (since, until) = (time("since", since), time("until", until));
        let filter = Filter {
            actor: actor.as_ref().and_then(|text| problems.check("actor", text.parse())),
            action: action.clone(),
            kind,
            object: object.clone(),
            outcome,
            since,
            until,
        };
        let after = before.as_ref().and_then(|text| problems.check("before", text.parse()));
        let limit = limit.unwrap_or(100);
        if !(1..=1000).contains(&limit) {
            problems.add("limit", "a page has 1 to 1000 entries");
        }
        (filter, Page { after, limit })
    }
}
