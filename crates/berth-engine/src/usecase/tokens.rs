//! Tokens of programs: made, listed, revoked, and shown to get in.
//!
//! # Invariants
//!
//! * What a token says leaves this module once, in the answer to whoever made it. What is kept is its
//!   digest (`berth_identity::token`); if the request came with a key, that answer is kept too, sealed,
//!   for two days (`once`).
//! * Whoever makes a token gives no right that they do not have (`berth_domain::access::may_give`).
//! * A token that is not good lets nobody in as somebody else.

mod bearer;
mod written;

use berth_domain::access::may_give;
use berth_domain::schedule::Label;
use berth_domain::{Actor, OrganisationId, Problems, Timestamp, Token, TokenId};
use berth_identity::token::ApiToken;
use berth_store::Tx;
use berth_store::tokens as stored;

use super::people::account_of;
use super::terms::over_people;
use super::{shown, within};
use crate::Engine;
use crate::admission::notes::moment;
use crate::error::{EngineError, PeopleError};
use crate::page;
use crate::request::{CreateToken, PageRequest};
use crate::view::{Listing, NewToken, PlanView, TokenView};
use written::{deed, plan, told};

/// For how long a token is good when nobody says.
const GOOD_FOR: &str = "90d";

impl Engine {
    /// Lists an organisation's tokens, or with `None` those of the installation, by account.
    pub async fn tokens(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &PageRequest,
    ) -> Result<Listing<TokenView>, EngineError> {
        let mut problems = Problems::default();
        let part = page::part(request, ["account", "-account"], place, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = within(&mut tx, actor, org).await?;
        let (right, place) = over_people(organisation);
        self.demand(right, place)?;
        let listed = stored::list(&mut tx, organisation, &part).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a token cannot be read");
        }
        let now = self.0.clock.now();
        let view = |token: Token| TokenView { is_expired: token.is_expired(now), token };
        Ok(Listing { items: listed.rows, next: listed.next }.map(view))
    }

    /// Says which token would be made.
    pub async fn plan_token(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &CreateToken,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = within(&mut tx, actor, org).await?;
        let token = self.draft_token(actor, organisation, request)?;
        may_give(&self.1.grants, &token.scope, organisation).map_err(PeopleError::NotToGive)?;
        Ok(plan("make", &token, self.0.clock.now()))
    }

    /// Makes a token. What it says is in the answer and nowhere else after that.
    pub async fn create_token(
        &self,
        actor: &Actor,
        org: Option<&str>,
        request: &CreateToken,
    ) -> Result<NewToken, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let organisation = within(&mut tx, actor, org).await?;
        let mut token = self.draft_token(actor, organisation, request)?;
        token.person = account_of(&mut tx, actor).await?;
        let (right, place) = over_people(organisation);
        let may = may_give(&by_now.1.grants, &token.scope, organisation);
        let may = may
            .map_err(|why| PeopleError::NotToGive(why).into())
            .and_then(|()| by_now.demand(right, place));
        if let Err(why) = may {
            drop(tx);
            let asked = format!("{}: {}", token.account, token.scope);
            return Err(self.refused(actor, place, ("token.create", &asked), why).await);
        }
        let secret = ApiToken::draw()?;
        stored::insert(&mut tx, &token, &secret.digest().to_string()).await?;
        by_now.record(&mut tx, actor, deed("token.create", &token).after(told(&token))).await?;
        tx.commit().await?;
        tracing::info!(%actor, token.id = %token.id, token.account = %token.account, "somebody made a token");
        let secret = secret.shown_once().into();
        Ok(NewToken { token: TokenView { token, is_expired: false }, secret })
    }

    /// Says what revoking a token would do.
    pub async fn plan_revocation(
        &self,
        actor: &Actor,
        org: Option<&str>,
        id: &str,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let token = find(&mut tx, actor, org, id).await?;
        Ok(plan("revoke", &token, self.0.clock.now()))
    }

    /// Takes a token away. Whoever shows it from then on is a stranger.
    pub async fn revoke_token(
        &self,
        actor: &Actor,
        org: Option<&str>,
        id: &str,
    ) -> Result<(), EngineError> {
        let mut tx = self.0.store.begin().await?;
        let by_now = self.by_now(&mut tx).await?;
        let token = find(&mut tx, actor, org, id).await?;
        let (right, place) = over_people(token.organisation);
        if let Err(why) = by_now.demand(right, place) {
            drop(tx);
            return Err(self.refused(actor, place, ("token.revoke", id), why).await);
        }
        if !stored::delete(&mut tx, token.organisation, token.id).await?.is_updated() {
            return Err(EngineError::NoSuchToken(shown(id)));
        }
        by_now.record(&mut tx, actor, deed("token.revoke", &token).before(told(&token))).await?;
        tx.commit().await?;
        tracing::info!(%actor, token.id = %token.id, token.account = %token.account, "somebody revoked a token");
        Ok(())
    }

    fn draft_token(
        &self,
        actor: &Actor,
        organisation: Option<OrganisationId>,
        request: &CreateToken,
    ) -> Result<Token, EngineError> {
        let CreateToken { account, scope, expires } = request;
        let now = self.0.clock.now();
        let mut problems = Problems::default();
        let account = problems.check("account", account.parse());
        let scope = problems.check("scope", scope.parse());
        let expires_at = until(expires.as_deref().unwrap_or(GOOD_FOR), now, &mut problems);
        let (Some(account), Some(scope), true) = (account, scope, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        Ok(Token {
            id: TokenId::from_uuid(self.0.ids.uuid()),
            organisation,
            account,
            scope,
            created_at: now,
            created_by: actor.clone(),
            expires_at,
            last_used_at: None,
            person: None,
        })
    }
}

/// Reads until when a token is good. `None`: for ever, or see `problems`.
fn until(text: &str, now: Timestamp, problems: &mut Problems) -> Option<Timestamp> {
    if text == "never" {
        return None;
    }
    let at = problems.check("expires", moment(text, now))?;
    if at <= now {
        problems.add("expires", format!("`{}` is over already", shown(text)));
    }
    Some(at)
}

async fn find(
    tx: &mut Tx,
    actor: &Actor,
    org: Option<&str>,
    id: &str,
) -> Result<Token, EngineError> {
    let organisation = within(tx, actor, org).await?;
    let no_such = || EngineError::NoSuchToken(shown(id));
    let id = id.parse().map_err(|_| no_such())?;
    stored::find(tx, organisation, id).await?.ok_or_else(no_such)
}

/// Reads a place in a list of tokens.
fn place(text: &str) -> Result<(Label, TokenId), &'static str> {
    let read = || {
        let (account, id) = text.split_once(':')?;
        Some((account.parse().ok()?, id.parse().ok()?))
    };
    read().ok_or("this is not the `next` of a list")
}
