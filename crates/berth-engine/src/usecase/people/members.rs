//! Who belongs to an organisation, and as what.
//!
//! # Invariants
//!
//! * Nobody reaches above their own role, neither by giving nor by taking.
//! * The last admin of an organisation stays one, unless an operator decides otherwise.
//! * What somebody offered in an organisation goes with their right to offer it.
//! * Sessions are a person's, not an organisation's: an admin ends those of whoever is nothing elsewhere.

use berth_domain::access::{Grants, Place, Post, Role, may_appoint};
use berth_domain::{Actor, OrganisationId, Problems};
use berth_store::{Tx, invitations, memberships};
use serde_json::json;

use super::{find, written};
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::usecase::{organisation, shown};
use crate::view::{Member, PlanView};

impl Engine {
    /// Lists who belongs to an organisation, by address.
    pub async fn members(&self, actor: &Actor, org: &str) -> Result<Vec<Member>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let listed = memberships::list(&mut tx, organisation.id).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a membership cannot be read");
        }
        Ok(listed.rows)
    }

    /// Says what giving a member another role, or with `None` taking them out, would do.
    pub async fn plan_member(
        &self,
        actor: &Actor,
        (org, who): (&str, &str),
        role: Option<&str>,
    ) -> Result<PlanView, EngineError> {
        let role = read_role(role)?;
        let mut tx = self.0.store.read().await?;
        let (organisation, member) = find_member(&mut tx, actor, (org, who)).await?;
        self.may_change(organisation, &member, role).map_err(PeopleError::NotToAppoint)?;
        self.refuse_last_admin(&mut tx, organisation, &member, role).await?;
        let email = &member.person.email;
        Ok(match role {
            Some(role) => {
                let text = format!("from {} to {role}, from their next request on", member.role);
                written::plan(format!("make `{email}` {role}"), text)
            }
            None => written::plan(
                format!("take `{email}` out of `{org}`"),
                "their account stays; here they may do nothing from their next request on"
                    .to_owned(),
            ),
        })
    }

    /// Gives a member another role, or with `None` takes them out.
    pub async fn set_member(
        &self,
        actor: &Actor,
        (org, who): (&str, &str),
        role: Option<&str>,
    ) -> Result<(), EngineError> {
        let role = read_role(role)?;
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let (organisation, member) = find_member(&mut tx, actor, (org, who)).await?;
        let action = if role.is_some() { "member.set" } else { "member.remove" };
        if let Err(why) = by_now.may_change(organisation, &member, role) {
            drop(tx);
            let asked = member.person.email.to_string();
            let place = Place::Organisation(organisation);
            return Err(self.refuse_to_appoint(actor, place, (action, &asked), why).await);
        }
        by_now.refuse_last_admin(&mut tx, organisation, &member, role).await?;
        let person = &member.person;
        let now = self.0.clock.now();
        let mut deed = written::member(action, organisation, person)
            .before(json!({ "role": member.role.as_str() }));
        match role {
            Some(role) => {
                memberships::put(&mut tx, (organisation, person.id), role, now).await?;
                deed = deed.after(json!({ "role": role.as_str() }));
            }
            None => {
                if !memberships::delete(&mut tx, organisation, person.id).await?.is_updated() {
                    return Err(PeopleError::NoSuchPerson(shown(who)).into());
                }
            }
        }
        if role != Some(Role::Admin) {
            invitations::delete_by(&mut tx, &person.actor(), Some(organisation)).await?;
        }
        by_now.record(&mut tx, actor, deed).await?;
        Ok(tx.commit().await?)
    }

    fn may_change(
        &self,
        organisation: OrganisationId,
        member: &Member,
        role: Option<Role>,
    ) -> Result<(), berth_domain::access::NotToAppoint> {
        let grants = &self.1.grants;
        may_appoint(grants, Post::In(organisation, member.role))?;
        role.map_or(Ok(()), |role| may_appoint(grants, Post::In(organisation, role)))
    }

    async fn refuse_last_admin(
        &self,
        tx: &mut Tx,
        organisation: OrganisationId,
        member: &Member,
        role: Option<Role>,
    ) -> Result<(), EngineError> {
        let stays = member.role != Role::Admin || role == Some(Role::Admin);
        if stays || self.1.grants == Grants::Operator || member.person.disabled_at.is_some() {
            return Ok(());
        }
        if memberships::count_admins(tx, organisation).await? > 1 {
            return Ok(());
        }
        Err(PeopleError::LastOne { person: member.person.email.to_string(), what: "admin" }.into())
    }
}

fn read_role(role: Option<&str>) -> Result<Option<Role>, EngineError> {
    let Some(role) = role else { return Ok(None) };
    let mut problems = Problems::default();
    let role = problems.one_of("role", role, Role::ALL, Role::as_str);
    role.map(Some).ok_or(EngineError::Invalid(problems))
}

/// Finds a member. Somebody who belongs elsewhere is nobody here.
async fn find_member(
    tx: &mut Tx,
    actor: &Actor,
    (org, who): (&str, &str),
) -> Result<(OrganisationId, Member), EngineError> {
    let organisation = organisation(tx, actor, org).await?.id;
    let member = match find(tx, who).await? {
        Some(person) => memberships::find(tx, organisation, person.id).await?,
        None => None,
    };
    let member = member.ok_or_else(|| PeopleError::NoSuchPerson(shown(who)))?;
    Ok((organisation, member))
}

impl Engine {
    /// Lists the sessions of a member who is nowhere more than whoever asks.
    pub async fn member_sessions(
        &self,
        actor: &Actor,
        place: (&str, &str),
    ) -> Result<Vec<berth_domain::person::Session>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let (_, member) = find_member(&mut tx, actor, place).await?;
        self.may_look_after(&mut tx, &member).await?;
        self.list_sessions(&mut tx, &member.person).await
    }

    /// Ends all sessions of a member who is nowhere more than whoever asks. Returns how many there were.
    pub async fn end_member_sessions(
        &self,
        actor: &Actor,
        place: (&str, &str),
    ) -> Result<u64, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let (organisation, member) = find_member(&mut tx, actor, place).await?;
        if let Err(why) = by_now.may_look_after(&mut tx, &member).await {
            drop(tx);
            let asked = ("session.end", member.person.email.as_str());
            return Err(self.refused(actor, Place::Organisation(organisation), asked, why).await);
        }
        let ended = by_now.end_sessions(&mut tx, actor, &member.person, None).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Whether whoever asks may see and end somebody's sessions. A session is the person's, wherever they
    /// work in it: so it takes the right over them everywhere they are anything. An operator is more than
    /// any admin, whatever they are here.
    async fn may_look_after(&self, tx: &mut Tx, member: &Member) -> Result<(), EngineError> {
        let of = memberships::of(tx, member.person.id).await?;
        let posts = of.rows.into_iter().map(|(organisation, role)| Post::In(organisation, role));
        // What cannot be read may be more than it looks.
        let is_more = member.person.is_operator || !of.unreadable.is_empty();
        for post in posts.chain(is_more.then_some(Post::Operator)) {
            may_appoint(&self.1.grants, post).map_err(PeopleError::NotToAppoint)?;
        }
        Ok(())
    }
}
