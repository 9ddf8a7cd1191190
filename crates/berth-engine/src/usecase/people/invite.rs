//! Inviting people.

use std::time::Duration;

use berth_domain::access::{Post, Role, may_appoint};
use berth_domain::person::{Invitation, Offer, address};
use berth_domain::{Actor, InvitationId, OrganisationId, Problems};
use berth_identity::token::InvitationToken;
use berth_store::{Tx, invitations, memberships, people};

use super::written;
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::Invite;
use crate::usecase::terms::over_people;
use crate::usecase::{shown, within};
use crate::view::{NewInvitation, PlanView};

/// For how long an invitation is good.
pub(super) const GOOD_FOR: Duration = Duration::from_hours(24 * 7);

impl Engine {
    /// Lists the invitations to an organisation that nobody accepted yet, or with `None` those to the
    /// installation.
    pub async fn invitations(
        &self,
        actor: &Actor,
        org: Option<&str>,
    ) -> Result<Vec<Invitation>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = within(&mut tx, actor, org).await?;
        let (right, place) = over_people(organisation);
        self.demand(right, place)?;
        let listed = invitations::list(&mut tx, organisation, self.0.clock.now()).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "an invitation cannot be read");
        }
        Ok(listed.rows)
    }

    /// Says what inviting somebody would do.
    pub async fn plan_invite(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &Invite,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = within(&mut tx, actor, org).await?;
        let (invitation, post) = self.draft_invitation(actor, organisation, request)?;
        may_appoint(&self.1.grants, post).map_err(PeopleError::NotToAppoint)?;
        refuse_if_already(&mut tx, &invitation, post).await?;
        let summary = format!("invite `{}` as {}", invitation.email, invitation.offer.as_str());
        let text = format!("make a code, good until {}", invitation.expires_at);
        Ok(written::plan(summary, text))
    }

    /// Invites somebody. The code is in the answer and nowhere else after that.
    pub async fn invite(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &Invite,
    ) -> Result<NewInvitation, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let organisation = within(&mut tx, actor, org).await?;
        let (invitation, post) = self.draft_invitation(actor, organisation, request)?;
        if let Err(why) = may_appoint(&by_now.1.grants, post) {
            drop(tx);
            let (_, place) = over_people(organisation);
            let asked = format!("{}: {}", invitation.email, invitation.offer.as_str());
            let refused = ("invitation.create", asked.as_str());
            return Err(self.refuse_to_appoint(actor, place, refused, why).await);
        }
        refuse_if_already(&mut tx, &invitation, post).await?;
        let code = InvitationToken::draw()?;
        invitations::insert(&mut tx, &invitation, &code.digest().to_string()).await?;
        let deed = written::invitation("invitation.create", &invitation);
        by_now.record(&mut tx, actor, deed.after(written::offered(&invitation))).await?;
        tx.commit().await?;
        Ok(NewInvitation { invitation, code: code.shown_once(), is_mailed: None })
    }

    /// Takes an invitation back: whoever types its code is a stranger. A code for a new password is taken
    /// back by whoever is on the host only, as it was made there.
    pub async fn revoke_invitation(
        &self,
        actor: &Actor,
        org: Option<&str>,
        id: &str,
    ) -> Result<(), EngineError> {
        let no_such = || PeopleError::NoSuchInvitation(shown(id));
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let organisation = within(&mut tx, actor, org).await?;
        let id = id.parse().map_err(|_| no_such())?;
        let found = invitations::find(&mut tx, organisation, id).await?.ok_or_else(no_such)?;
        let (right, place) = over_people(organisation);
        let may = by_now.demand(right, place).and_then(|()| match found.offer {
            // Made on the host, for somebody who cannot get in: whoever took over an operator, or holds a
            // token, does not keep its owner out for longer.
            Offer::Password => Self::demand_local(actor),
            Offer::Post(_) => Ok(()),
        });
        if let Err(why) = may {
            drop(tx);
            let asked = ("invitation.revoke", found.email.as_str());
            return Err(self.refused(actor, place, asked, why).await);
        }
        if !invitations::delete(&mut tx, organisation, id).await?.is_updated() {
            return Err(no_such().into());
        }
        let deed = written::invitation("invitation.revoke", &found);
        by_now.record(&mut tx, actor, deed.before(written::offered(&found))).await?;
        Ok(tx.commit().await?)
    }

    fn draft_invitation(
        &self,
        actor: &Actor,
        organisation: Option<OrganisationId>,
        request: &Invite,
    ) -> Result<(Invitation, Post), EngineError> {
        let now = self.0.clock.now();
        let mut problems = Problems::default();
        let email = problems.check("email", address(&request.email));
        let post = match organisation {
            Some(organisation) => problems
                .one_of("role", &request.role, Role::ALL, Role::as_str)
                .map(|role| Post::In(organisation, role)),
            None => problems.one_of("role", &request.role, &[Post::Operator], |_| "operator"),
        };
        let (Some(email), Some(post)) = (email, post) else {
            return Err(EngineError::Invalid(problems));
        };
        let invitation = Invitation {
            id: InvitationId::from_uuid(self.0.ids.uuid()),
            email,
            offer: Offer::Post(post),
            created_at: now,
            created_by: actor.clone(),
            expires_at: now + GOOD_FOR,
        };
        Ok((invitation, post))
    }
}

/// Nobody is invited to be what they are. Only those are told apart who belong here already.
async fn refuse_if_already(
    tx: &mut Tx,
    invitation: &Invitation,
    post: Post,
) -> Result<(), EngineError> {
    let Some(person) = people::find(tx, &invitation.email).await? else { return Ok(()) };
    let what = match post {
        Post::Operator => person.is_operator.then(|| "an operator".to_owned()),
        Post::In(organisation, _) => memberships::find(tx, organisation, person.id)
            .await?
            .map(|member| format!("here as {}", member.role)),
    };
    match what {
        Some(what) => Err(PeopleError::IsAlready { person: person.email.to_string(), what }.into()),
        None => Ok(()),
    }
}
