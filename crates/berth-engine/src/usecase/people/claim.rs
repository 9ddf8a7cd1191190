//! Making an installation one's own.

use std::time::Duration;

use berth_domain::access::Place;
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::person::address;
use berth_domain::{Actor, Person, PersonId, PersonName, Problems};
use berth_identity::password;
use berth_identity::token::SetupToken;
use berth_store::{claim, people};
use secrecy::{ExposeSecret as _, SecretString};

use super::doorkeeper::Purpose;
use super::{chosen, written};
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::{Claim, Whence};
use crate::usecase::audit::{Deed, Refusal};

/// For how long a code to claim with is good.
const GOOD_FOR: Duration = Duration::from_hours(24);

impl Engine {
    /// Whether somebody made the installation theirs.
    pub async fn is_claimed(&self) -> Result<bool, EngineError> {
        Ok(claim::is_claimed(&mut self.0.store.read().await?).await?)
    }

    /// Makes the code with which the installation is claimed, in place of the one before, for somebody
    /// on the host. `None` once it is claimed.
    pub async fn setup_token(&self, actor: &Actor) -> Result<Option<SecretString>, EngineError> {
        Self::demand_local(actor)?;
        let token = SetupToken::draw()?;
        let mut tx = self.0.store.begin().await?;
        let expires_at = self.0.clock.now() + GOOD_FOR;
        let put = claim::put(&mut tx, &token.digest().to_string(), expires_at).await?;
        if !put.is_updated() {
            return Ok(None);
        }
        let object = Object::named(ObjectKind::Installation, "setup token");
        self.record(&mut tx, actor, Deed::to_installation("setup_token.show", object)).await?;
        tx.commit().await?;
        Ok(Some(token.shown_once()))
    }

    /// Makes whoever types the code the first operator. It happens once.
    pub async fn claim_installation(
        &self,
        whence: &Whence,
        request: Claim,
    ) -> Result<Person, EngineError> {
        let Claim { code, email, name, password } = request;
        let now = self.0.clock.now();
        let caller = self.0.doorkeeper.ask((Purpose::Code, "claim"), whence, now)?;
        let mut problems = Problems::default();
        let code = problems.check("code", code.expose_secret().parse::<SetupToken>());
        let owner = password::Person { email: &email, name: &name };
        let password = chosen(Some(password), &owner, &mut problems);
        let email = problems.check("email", address(&email));
        let name = problems.check("name", name.parse::<PersonName>());
        let (Some(code), Some(email), Some(name), Some(password)) = (code, email, name, password)
        else {
            return Err(EngineError::Invalid(problems));
        };
        if self.is_claimed().await? {
            return Err(PeopleError::Claimed.into());
        }
        let hash = self.0.doorkeeper.desk.hash(password).await?;
        let mut tx = self.0.store.begin().await?;
        if !claim::redeem(&mut tx, &code.digest().to_string(), now).await?.is_updated() {
            if claim::is_claimed(&mut tx).await? {
                return Err(PeopleError::Claimed.into());
            }
            drop(tx);
            let refusal = Refusal {
                place: Place::Installation,
                action: "installation.claim",
                object: Object::named(ObjectKind::Person, &email),
                why: Some("the code is not good"),
            };
            self.note_refused(&Actor::Nobody, refusal).await?;
            return Err(PeopleError::BadCode.into());
        }
        let person = Person {
            id: PersonId::from_uuid(self.0.ids.uuid()),
            email,
            name,
            is_operator: true,
            disabled_at: None,
            second_factor_since: None,
            created_at: now,
            signed_in_at: None,
        };
        people::insert(&mut tx, &person, Some(&hash.to_phc())).await?;
        claim::by(&mut tx, person.id).await?;
        let deed = written::person("installation.claim", &person).after(written::told(&person));
        self.record(&mut tx, &person.actor(), deed).await?;
        tx.commit().await?;
        self.0.doorkeeper.succeeded(&caller, now);
        tracing::info!(person = %person.email, "somebody claimed the installation");
        Ok(person)
    }
}
