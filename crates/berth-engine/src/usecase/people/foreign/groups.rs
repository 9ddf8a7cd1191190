//! Roles that the groups of a provider bring, and take.
//!
//! # Invariants
//!
//! * What was given by hand, or by another provider, is left alone.
//! * The last operator stays one, and the audit says so.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::access::Role;
use berth_domain::provider::{GroupRole, Regroup, regroup};
use berth_domain::{Actor, OrganisationId, Person, ProviderId};
use berth_store::{Tx, given, invitations, memberships, organisations, people};
use serde_json::json;

use crate::Engine;
use crate::error::EngineError;
use crate::usecase::people::written;

impl Engine {
    /// Gives somebody the roles that their groups bring, and takes those that they do not bring any
    /// more. Whoever calls holds the lock of all roles.
    pub(super) async fn regroup(
        &self,
        tx: &mut Tx,
        provider: &ProviderId,
        person: &Person,
        brought: &BTreeSet<GroupRole>,
    ) -> Result<(), EngineError> {
        let is_operator = brought.contains(&GroupRole::Operator);
        self.regroup_operator(tx, provider, person, is_operator).await?;
        let had = given::roles(tx, person.id, provider).await?;
        for error in &had.unreadable {
            tracing::warn!(%error, "what a group brought cannot be read");
        }
        let had: BTreeMap<_, _> = had.rows.into_iter().collect();
        let brought = in_organisations(tx, provider, brought).await?;
        for change in regroup(&had, &brought) {
            self.regroup_member(tx, provider, person, change).await?;
        }
        Ok(())
    }

    async fn regroup_operator(
        &self,
        tx: &mut Tx,
        provider: &ProviderId,
        person: &Person,
        is_to_be: bool,
    ) -> Result<(), EngineError> {
        let is_by_groups = given::is_operator_by(tx, person.id, provider).await?;
        let action = match (is_to_be, is_by_groups) {
            (true, true) | (false, false) => return Ok(()),
            (true, false) => {
                if !given::make_operator(tx, person.id, provider).await?.is_updated() {
                    return Ok(());
                }
                "person.make_operator"
            }
            (false, true) if is_last(tx, person).await? => {
                tracing::warn!(person.id = %person.id, provider.id = %provider, "groups would take the last operator away, who stays one");
                "person.stay_operator"
            }
            (false, true) => {
                // The row is held by the lock of all roles.
                let _updated = given::unmake_operator(tx, person.id, provider).await?;
                invitations::delete_by(tx, &person.actor(), None).await?;
                "person.unmake_operator"
            }
        };
        let deed = written::person(action, person).after(by(provider, None));
        self.record(tx, &Actor::System, deed).await
    }

    async fn regroup_member(
        &self,
        tx: &mut Tx,
        provider: &ProviderId,
        person: &Person,
        change: Regroup,
    ) -> Result<(), EngineError> {
        let now = self.0.clock.now();
        let (organisation, role) = match change {
            Regroup::Give(organisation, role) => (organisation, Some(role)),
            Regroup::Take(organisation) => (organisation, None),
        };
        if !organisations::is_there(tx, organisation).await? {
            return Ok(());
        }
        let place = (organisation, person.id);
        let before = memberships::find(tx, organisation, person.id).await?.map(|it| it.role);
        let changed = match role {
            Some(role) => given::give(tx, place, (role, provider), now).await?,
            None => given::take(tx, place, provider).await?,
        };
        if !changed.is_updated() {
            return Ok(());
        }
        if role != Some(Role::Admin) {
            invitations::delete_by(tx, &person.actor(), Some(organisation)).await?;
        }
        let action = if role.is_some() { "member.set" } else { "member.remove" };
        let mut deed = written::member(action, organisation, person).after(by(provider, role));
        if let Some(before) = before {
            deed = deed.before(json!({ "role": before.as_str() }));
        }
        self.record(tx, &Actor::System, deed).await
    }
}

async fn is_last(tx: &mut Tx, person: &Person) -> Result<bool, EngineError> {
    Ok(person.disabled_at.is_none() && people::count_operators(tx).await? <= 1)
}

/// The roles in organisations, by id. One that no organisation has brings nothing.
async fn in_organisations(
    tx: &mut Tx,
    provider: &ProviderId,
    brought: &BTreeSet<GroupRole>,
) -> Result<BTreeSet<(OrganisationId, Role)>, EngineError> {
    let mut roles = BTreeSet::new();
    for brings in brought {
        let GroupRole::In { organisation, role } = brings else { continue };
        match organisations::find(tx, organisation).await? {
            Some(found) => {
                roles.insert((found.id, *role));
            }
            None => {
                tracing::warn!(provider.id = %provider, organisation, "a group brings a role in an organisation that is not there");
            }
        }
    }
    Ok(roles)
}

fn by(provider: &ProviderId, role: Option<Role>) -> serde_json::Value {
    match role {
        Some(role) => json!({ "role": role.as_str(), "by_groups_of": provider.as_str() }),
        None => json!({ "by_groups_of": provider.as_str() }),
    }
}
