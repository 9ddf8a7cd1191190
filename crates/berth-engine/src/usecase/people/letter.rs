//! Invitations that are sent by mail.
//!
//! # Invariants
//!
//! * Nothing that somebody chose freely stands in a letter: an inviter who may write what they like to
//!   whom they like would have Berth send it for them. Names of organisations and addresses are checked texts.
//! * An invitation does not depend on its letter: the code is in the answer in any case, and what went wrong
//!   is said there.

use berth_domain::person::Invitation;
use berth_domain::{Actor, Problems};
use secrecy::{ExposeSecret as _, SecretString};

use crate::Engine;
use crate::error::EngineError;
use crate::messenger::Letter;
use crate::request::Invite;
use crate::view::{NewInvitation, PlanAction, PlanView};

impl Engine {
    /// Whether letters can be sent.
    #[must_use]
    pub fn writes_letters(&self) -> bool {
        self.0.messenger.writes()
    }

    /// Says what inviting somebody by mail would do.
    pub async fn plan_invite_by_mail(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &Invite,
    ) -> Result<PlanView, EngineError> {
        self.demand_mail()?;
        let mut plan = self.plan_invite(actor, org, request).await?;
        let text = format!("send the code to `{}`, and show it here as well", request.email);
        plan.actions.push(PlanAction { step: "mail", text });
        Ok(plan)
    }

    /// Invites somebody, and sends them the code. It is in the answer as well.
    pub async fn invite_by_mail(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &Invite,
    ) -> Result<NewInvitation, EngineError> {
        self.demand_mail()?;
        let new = self.invite(actor, org, request).await?;
        let console = self.0.settings.console.as_ref().map(|console| console.url.as_str());
        let letter = letter(actor, (org, console), (&new.invitation, &new.code));
        let sent = self.0.messenger.write(&letter).await;
        if let Err(error) = &sent {
            tracing::warn!(%actor, invitation.id = %new.invitation.id, %error, "an invitation was not sent");
        }
        Ok(NewInvitation { is_mailed: Some(sent.is_ok()), ..new })
    }

    fn demand_mail(&self) -> Result<(), EngineError> {
        if self.0.messenger.writes() {
            return Ok(());
        }
        let mut problems = Problems::default();
        problems.add("send", "no mail is configured: see `[mail]`");
        Err(EngineError::Invalid(problems))
    }
}

fn letter(
    actor: &Actor,
    (org, console): (Option<&str>, Option<&str>),
    (invitation, code): (&Invitation, &SecretString),
) -> Letter {
    let whom = match actor {
        Actor::Person { email } => email.to_string(),
        _ => "The operator of this installation".to_owned(),
    };
    let to_what = match org {
        Some(org) => format!("to the organisation {org} as {}", invitation.offer.as_str()),
        None => "to run a whole installation as operator".to_owned(),
    };
    let code = code.expose_secret();
    let how = match console {
        Some(address) => format!(
            "Accept it here:\n\n  {address}/join/{code}\n\n\
             Or type this code at {address}/join:\n\n  {code}"
        ),
        None => format!("Accept it with this code:\n\n  {code}"),
    };
    let text = format!(
        "Hello,\n\n{whom} invites you to Berth: {to_what}.\n\n{how}\n\n\
         It is good once, until {}. Whoever has it can accept in your place: pass it on to nobody.\n\
         If you do not expect this, do nothing.\n\n-- \nBerth\n",
        invitation.expires_at.strftime("%Y-%m-%d %H:%M UTC"),
    );
    Letter {
        id: invitation.id.to_string(),
        to: invitation.email.clone(),
        subject: "An invitation to Berth".to_owned(),
        text: text.into(),
    }
}
