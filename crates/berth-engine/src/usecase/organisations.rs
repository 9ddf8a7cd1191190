//! Organisations: made, listed, titled and removed.
//!
//! # Invariants
//!
//! * Whoever belongs to some learns of no others (`berth_domain::access::sees`).
//! * An organisation that has a tenant, in whatever state, or an operation at work is not removed. What
//!   goes with one is named before, and written down.
//! * An organisation keeps the name it was made with, and `default` is never removed.

mod words;

use berth_domain::access::{Sees, sees};
use berth_domain::{
    Actor, Organisation, OrganisationId, OrganisationName, OrganisationTitle, Problems,
};
use berth_store::events::NewEvent;
use berth_store::organisations::{self as stored, Contents};
use berth_store::{StoreError, Tx, events, people};
use serde_json::json;

use super::notify::subscribe_readers_of;
use super::{organisation, shown, uploads};
use crate::Engine;
use crate::error::EngineError;
use crate::page;
use crate::request::{CreateOrganisation, Known, ListOrganisations, SetOrganisation};
use crate::revision::Revision;
use crate::view::{Listing, OrganisationView, PlanView};
use words::{deed, plan_creation, plan_removal, plan_title, told};

impl Engine {
    /// Lists the organisations that whoever asks may learn of, by name.
    pub async fn organisations(
        &self,
        _actor: &Actor,
        request: &ListOrganisations,
    ) -> Result<Listing<OrganisationView>, EngineError> {
        let ListOrganisations { text, page } = request;
        let mut problems = Problems::default();
        let part = page::part(page, ["name", "-name"], page::name, &mut problems);
        if text.as_ref().is_some_and(|text| text.chars().any(char::is_control)) {
            problems.add("text", "no name or title has such a character");
        }
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let ids = match sees(&self.1.grants) {
            Sees::All => None,
            Sees::Only(ids) => Some(ids.into_iter().collect()),
        };
        let filter = stored::Filter { text: text.clone(), ids };
        let mut tx = self.0.store.read().await?;
        let listed = stored::page(&mut tx, &filter, &part).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "an organisation cannot be read");
        }
        let items = listed.rows.into_iter().map(|(found, tenants)| view(found, tenants)).collect();
        Ok(Listing { items, next: listed.next })
    }

    /// Shows one of them.
    pub async fn organisation(
        &self,
        actor: &Actor,
        org: &str,
    ) -> Result<OrganisationView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let found = organisation(&mut tx, actor, org).await?;
        let tenants = stored::count_tenants(&mut tx, found.id).await?;
        Ok(view(found, tenants))
    }

    /// Says which organisation would be made.
    pub async fn plan_organisation(
        &self,
        _actor: &Actor,
        request: &CreateOrganisation,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        Ok(plan_creation(&self.draft_organisation(&mut tx, request).await?))
    }

    /// Makes an organisation. Nobody belongs to it yet.
    pub async fn create_organisation(
        &self,
        actor: &Actor,
        request: &CreateOrganisation,
    ) -> Result<OrganisationView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let made = self.draft_organisation(&mut tx, request).await?;
        match stored::insert(&mut tx, &made).await {
            Err(StoreError::Taken { .. }) => return Err(taken(made.name.as_str())),
            done => done?,
        }
        subscribe_readers_of(&self.0, &mut tx, made.id).await?;
        let deed = deed("organisation.create", &made).after(told(&made));
        self.record(&mut tx, actor, deed).await?;
        let data = json!({ "organisation": made.name.as_str(), "actor": actor.to_string() });
        self.tell(&mut tx, made.id, ("organisation.created", data)).await?;
        tx.commit().await?;
        self.0.announce();
        tracing::info!(%actor, organisation.name = %made.name, "somebody made an organisation");
        Ok(view(made, 0))
    }

    /// Says what an organisation would be called.
    pub async fn plan_set_organisation(
        &self,
        actor: &Actor,
        (org, known): (&str, Option<&Known>),
        request: &SetOrganisation,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let found = organisation(&mut tx, actor, org).await?;
        check(&found, known)?;
        Ok(plan_title(&found, &changed(&found, request)?))
    }

    /// Says what people call an organisation.
    pub async fn set_organisation(
        &self,
        actor: &Actor,
        (org, known): (&str, Option<&Known>),
        request: &SetOrganisation,
    ) -> Result<OrganisationView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let found = stored::find_to_set(&mut tx, org).await?;
        let found = found.ok_or_else(|| EngineError::NoSuchOrganisation(shown(org)))?;
        check(&found, known)?;
        let to = changed(&found, request)?;
        if !stored::set_title(&mut tx, to.id, to.title.as_ref()).await?.is_updated() {
            return Err(EngineError::NoSuchOrganisation(shown(org)));
        }
        let deed = deed("organisation.set", &to).before(told(&found)).after(told(&to));
        self.record(&mut tx, actor, deed).await?;
        let tenants = stored::count_tenants(&mut tx, to.id).await?;
        let data = json!({
            "organisation": to.name.as_str(),
            "actor": actor.to_string(),
            "before": told(&found),
            "after": told(&to),
        });
        self.tell(&mut tx, to.id, ("organisation.noted", data)).await?;
        tx.commit().await?;
        self.0.announce();
        tracing::info!(%actor, organisation.name = %to.name, "somebody gave an organisation a title");
        Ok(view(to, tenants))
    }

    /// Says what would go with an organisation. Fails when something keeps it.
    pub async fn plan_delete_organisation(
        &self,
        actor: &Actor,
        (org, known): (&str, Option<&Known>),
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let found = organisation(&mut tx, actor, org).await?;
        check(&found, known)?;
        let contents = stored::contents(&mut tx, found.id).await?;
        refuse(&found, &contents)?;
        let history = stored::history(&mut tx, found.id).await?;
        Ok(plan_removal(&found, &contents, history))
    }

    /// Removes an organisation without tenants and everything in it, for good.
    pub async fn delete_organisation(
        &self,
        actor: &Actor,
        (org, known): (&str, Option<&Known>),
    ) -> Result<(), EngineError> {
        let mut tx = self.0.store.begin().await?;
        // Members, tokens and invitations go with it, and whoever changes those does so under this lock, as
        // far as they go over many organisations without finding one of them.
        people::lock(&mut tx).await?;
        let found = stored::find_alone(&mut tx, org).await?;
        let found = found.ok_or_else(|| EngineError::NoSuchOrganisation(shown(org)))?;
        check(&found, known)?;
        let contents = stored::contents(&mut tx, found.id).await?;
        refuse(&found, &contents)?;
        let (removed, backups) = stored::remove(&mut tx, &found).await?;
        if !removed.is_updated() {
            return Err(EngineError::NoSuchOrganisation(shown(org)));
        }
        let deed = deed("organisation.delete", &found).before(words::told_whole(&found, &contents));
        self.record(&mut tx, actor, deed).await?;
        tx.commit().await?;
        // What stays behind without a row goes with the next housekeeping.
        for upload in backups {
            uploads::discard(&self.0, upload);
        }
        // Whoever follows its events learns that there will be no more.
        self.0.announce();
        tracing::info!(%actor, organisation.name = %found.name, "somebody deleted an organisation");
        Ok(())
    }

    async fn draft_organisation(
        &self,
        tx: &mut Tx,
        CreateOrganisation { name, title }: &CreateOrganisation,
    ) -> Result<Organisation, EngineError> {
        let mut problems = Problems::default();
        let name: Option<OrganisationName> = problems.check("name", name.parse());
        let is_taken = match &name {
            Some(name) => stored::find(tx, name.as_str()).await?.is_some(),
            None => false,
        };
        let title = read_title(title.as_deref(), &mut problems);
        match name {
            Some(name) if problems.is_empty() && !is_taken => Ok(Organisation {
                id: OrganisationId::from_uuid(self.0.ids.uuid()),
                name,
                title,
                created_at: self.0.clock.now(),
            }),
            Some(name) if problems.is_empty() => Err(taken(name.as_str())),
            name => {
                if let Some(name) = name.filter(|_| is_taken) {
                    problems.add("name", taken(name.as_str()));
                }
                Err(EngineError::Invalid(problems))
            }
        }
    }

    /// Adds an event of an organisation that is about none of its tenants.
    async fn tell(
        &self,
        tx: &mut Tx,
        organisation: OrganisationId,
        (kind, data): (&str, serde_json::Value),
    ) -> Result<(), EngineError> {
        let kind = kind.to_owned();
        let event = NewEvent { organisation, operation: None, tenant: None, kind, data };
        events::append(tx, &event, self.0.clock.now()).await?;
        Ok(())
    }
}

fn view(organisation: Organisation, tenants: u64) -> OrganisationView {
    OrganisationView { revision: Revision::of_organisation(&organisation), organisation, tenants }
}

/// Refuses one that became another than is known.
fn check(found: &Organisation, known: Option<&Known>) -> Result<(), EngineError> {
    match known {
        Some(known) if !known.has(&Revision::of_organisation(found)) => {
            Err(EngineError::OrganisationChanged(found.name.to_string()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses to remove what is not empty. Everything that is in the way is said at once.
fn refuse(found: &Organisation, contents: &Contents) -> Result<(), EngineError> {
    match words::in_the_way(found, contents) {
        None => Ok(()),
        Some(why) => Err(EngineError::OrganisationStays { name: found.name.to_string(), why }),
    }
}

fn changed(
    found: &Organisation,
    SetOrganisation { title }: &SetOrganisation,
) -> Result<Organisation, EngineError> {
    let mut problems = Problems::default();
    if title.is_none() {
        problems.add("title", "say what people are to call it; an empty title is none");
    }
    let title = read_title(title.as_deref(), &mut problems);
    if problems.is_empty() {
        Ok(Organisation { title, ..found.clone() })
    } else {
        Err(EngineError::Invalid(problems))
    }
}

/// Reads a title. An empty one is none.
fn read_title(title: Option<&str>, problems: &mut Problems) -> Option<OrganisationTitle> {
    let title = title.filter(|title| !title.is_empty())?;
    problems.check("title", title.parse())
}

fn taken(name: &str) -> EngineError {
    EngineError::NameTaken {
        message: format!("an organisation is called `{name}` already"),
        hint: "choose another name".to_owned(),
    }
}
