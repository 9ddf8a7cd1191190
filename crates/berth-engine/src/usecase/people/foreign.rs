//! Signing in at foreign providers (`docs/adr/0021`).
//!
//! # Invariants
//!
//! * Somebody is who they are by issuer and subject; who is met by an address, and who gets an account,
//!   is decided in `berth_domain::provider` and nowhere else.
//! * A sign-in ends in the browser that began it, once, and in the session that began it if it is to
//!   link an account.
//! * Whoever is not welcome is told so in the same words, whatever the reason.
//! * Nothing of what a provider sent is written down but the subject.

mod arrive;
mod groups;
mod journey;
mod links;

use berth_domain::Person;
use berth_domain::access::Place;
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::provider::{NotWelcome, ReturnPath};
use berth_domain::{Actor, Problems, SessionId, chain};
use berth_identity::oidc::SignInError;
use berth_store::foreign::Identity;
use berth_store::{Tx, foreign};

use crate::Engine;
use crate::error::{EngineError, ForeignError};
use crate::providers::SignInProvider;
use crate::usecase::audit::Refusal;
use crate::usecase::shown;
use crate::view::{Begun, ProviderView};
use journey::Journey;

impl Engine {
    /// Lists the providers at which people may sign in.
    #[must_use]
    pub fn sign_in_providers(&self) -> Vec<ProviderView> {
        let view = |it: &SignInProvider| ProviderView { id: it.id.clone(), name: it.name.clone() };
        self.0.providers.iter().map(view).collect()
    }

    /// Begins a sign-in at a provider. `next` is the path to be sent back to.
    pub async fn begin_foreign(
        &self,
        provider: &str,
        next: Option<&str>,
    ) -> Result<Begun, EngineError> {
        let provider = self.provider(provider)?;
        self.send_away(provider, (read_next(next)?, None)).await
    }

    fn provider(&self, id: &str) -> Result<&SignInProvider, ForeignError> {
        let found = self.0.providers.find(id);
        found.ok_or_else(|| ForeignError::NoSuchProvider(shown(id)))
    }

    /// Sends a browser to a provider, to sign in or to link the account of a session.
    async fn send_away(
        &self,
        provider: &SignInProvider,
        (next, link): (ReturnPath, Option<SessionId>),
    ) -> Result<Begun, EngineError> {
        // In a box of its own: the protocol's library makes large futures.
        let begun = Box::pin(provider.party.begin(self.0.clock.now())).await;
        let (url, attempt) = begun.map_err(|error| away_or_not(provider, error))?;
        let journey = Journey { attempt, link, next };
        let tx = self.0.store.read().await?;
        let held = foreign::seal(&tx, &provider.id, &journey.to_sealable())?;
        Ok(Begun { url: url.to_string(), held: held.into() })
    }

    /// Writes down that somebody from a provider was not let in, and why. Whoever it was is not told.
    async fn refuse_foreign(
        &self,
        provider: &SignInProvider,
        subject: Option<&str>,
        why: &'static str,
    ) -> Result<(), EngineError> {
        let name = match subject {
            Some(subject) => format!("{}/{subject}", provider.id),
            None => provider.id.to_string(),
        };
        let refusal = Refusal {
            place: Place::Installation,
            action: "person.sign_in",
            object: Object::named(ObjectKind::Provider, name),
            why: Some(why),
        };
        self.note_refused(&Actor::Nobody, refusal).await
    }

    /// The same of somebody whom it vouches for.
    async fn turn_away(
        &self,
        provider: &SignInProvider,
        subject: &str,
        why: NotWelcome,
    ) -> Result<EngineError, EngineError> {
        tracing::info!(provider.id = %provider.id, provider.subject = subject, %why, "somebody from a provider was not let in");
        self.refuse_foreign(provider, Some(subject), why.why()).await?;
        let name = provider.name.clone();
        Ok(EngineError::Foreign(match why {
            NotWelcome::NoAddress => ForeignError::NoAddress(name),
            NotWelcome::NotBelieved
            | NotWelcome::Operator
            | NotWelcome::SomebodyElse
            | NotWelcome::Disabled
            | NotWelcome::Stranger => ForeignError::NotWelcome(name),
        }))
    }
}

/// Who somebody is at providers.
pub(super) async fn identities(tx: &mut Tx, person: &Person) -> Result<Vec<Identity>, EngineError> {
    let listed = foreign::of(tx, person.id).await?;
    for error in &listed.unreadable {
        tracing::warn!(%error, "who somebody is at a provider cannot be read");
    }
    Ok(listed.rows)
}

fn read_next(next: Option<&str>) -> Result<ReturnPath, EngineError> {
    let mut problems = Problems::default();
    let next = problems.check("next", next.unwrap_or("/").parse::<ReturnPath>());
    next.ok_or(EngineError::Invalid(problems))
}

/// What whoever asks is told of a provider that does not do its part, and what only the log is told.
fn away_or_not(provider: &SignInProvider, error: SignInError) -> EngineError {
    match error {
        SignInError::Unreached(_) | SignInError::Resting | SignInError::Provider(_) => {
            let error = chain(&error);
            tracing::warn!(provider.id = %provider.id, error, "a provider of sign-ins does not do its part");
            ForeignError::Away(provider.name.clone()).into()
        }
        SignInError::Randomness(error) => error.into(),
        SignInError::Refused(_)
        | SignInError::TooLate
        | SignInError::NotOurs
        | SignInError::Code
        | SignInError::Token(_) => {
            let why = chain(&error);
            tracing::info!(provider.id = %provider.id, why, "a sign-in at a provider came to nothing");
            ForeignError::TurnedAway(error).into()
        }
    }
}
