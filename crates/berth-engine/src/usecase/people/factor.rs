//! Second factors: authenticators, and the codes on paper.
//!
//! # Invariants
//!
//! * An authenticator is asked for from when its first code was right: nobody is locked out by one that
//!   does not work.
//! * Whoever changes anything about it types their password once more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use berth_domain::access::Place;
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::{Person, Problems};
use berth_identity::token::TokenDigest;
use berth_identity::totp::{
    InvalidTotpCode, RecoveryCode, Redeemed, TotpCode, TotpSecret, TotpStep, TotpVerdict,
    draw_recovery_codes, redeem,
};
use berth_store::secrets::{self, SecretName};
use berth_store::{Tx, second_factors};
use secrecy::{ExposeSecret as _, SecretString};

use super::doorkeeper::Purpose;
use super::written;
use crate::Engine;
use crate::error::{EngineError, PeopleError};
use crate::request::Whence;
use crate::usecase::audit::Refusal;
use crate::view::{Enrolment, SignedIn};

/// What somebody typed as their second factor.
#[derive(Debug, Clone)]
pub(super) enum Code {
    Totp(TotpCode),
    Recovery(RecoveryCode),
}

impl Code {
    /// Six digits are an authenticator's; anything else is one of those on paper.
    pub(super) fn typed(text: &SecretString) -> Result<Self, String> {
        let text = text.expose_secret();
        if let Ok(code) = text.parse() {
            return Ok(Self::Totp(code));
        }
        let recovery = text.parse().map(Self::Recovery);
        recovery.map_err(|mistyped| format!("{InvalidTotpCode}, or a recovery code: {mistyped}"))
    }
}

impl Engine {
    /// Makes a secret for an authenticator. Nothing changes until its first code was right.
    pub async fn enrol_second_factor(
        &self,
        me: &SignedIn,
        whence: &Whence,
        password: SecretString,
    ) -> Result<Enrolment, EngineError> {
        self.prove(me, whence, password).await?;
        let person = &me.person;
        let secret = TotpSecret::draw()?;
        let issuer = format!("Berth {}", self.0.settings.base_domain);
        let told = secret
            .enrolment(&issuer, &person.email)
            .or_else(|_| secret.enrolment("Berth", &person.email))
            .map_err(|error| EngineError::Failed(error.to_string()))?;
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        let sealed = SecretString::from(BASE64.encode(secret.expose()));
        let owner = person.id.to_string();
        secrets::put(&mut tx, &owner, SecretName::NewTotpSecret, &sealed).await?;
        let deed = written::person("second_factor.enrol", person);
        self.record(&mut tx, &person.actor(), deed).await?;
        tx.commit().await?;
        Ok(Enrolment { url: told.url, key: told.key })
    }

    /// Takes the first code of a new authenticator. From then on it is asked for. Returns the codes on
    /// paper, which are shown this once.
    pub async fn confirm_second_factor(
        &self,
        me: &SignedIn,
        whence: &Whence,
        code: &SecretString,
    ) -> Result<Vec<SecretString>, EngineError> {
        let mut problems = Problems::default();
        let typed = problems.check("code", code.expose_secret().parse::<TotpCode>());
        let Some(typed) = typed else { return Err(EngineError::Invalid(problems)) };
        let (person, now) = (&me.person, self.0.clock.now());
        let asked = (Purpose::SecondFactor, person.email.as_str());
        let caller = self.0.doorkeeper.ask(asked, whence, now)?;
        let owner = person.id.to_string();
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        let Some(sealed) = secrets::get(&mut tx, &owner, SecretName::NewTotpSecret).await? else {
            let (person, what) = (person.email.to_string(), "none was begun");
            return Err(PeopleError::NoFactor { person, what }.into());
        };
        let TotpVerdict::Accepted { step } = opened(&sealed)?.verify(&typed, now, None) else {
            drop(tx);
            let refusal = Refusal {
                place: Place::Installation,
                action: "second_factor.set",
                object: Object::new(ObjectKind::Person, person.id, &person.email),
                why: Some("the code is wrong"),
            };
            self.note_refused(&person.actor(), refusal).await?;
            return Err(PeopleError::NotLetIn.into());
        };
        secrets::put(&mut tx, &owner, SecretName::TotpSecret, &sealed).await?;
        secrets::delete(&mut tx, &owner, SecretName::NewTotpSecret).await?;
        second_factors::begin(&mut tx, person.id, step.0, now).await?;
        let codes = put_new_codes(&mut tx, person).await?;
        let deed = written::person("second_factor.set", person);
        self.record(&mut tx, &person.actor(), deed).await?;
        self.end_sessions(&mut tx, &person.actor(), person, Some(me.session)).await?;
        tx.commit().await?;
        self.0.doorkeeper.succeeded(&caller, now);
        Ok(codes)
    }

    /// Has no second factor asked for any more.
    pub async fn remove_second_factor(
        &self,
        me: &SignedIn,
        whence: &Whence,
        password: SecretString,
    ) -> Result<(), EngineError> {
        self.prove(me, whence, password).await?;
        let person = &me.person;
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        forget(&mut tx, person).await?;
        let deed = written::person("second_factor.clear", person);
        self.record(&mut tx, &person.actor(), deed).await?;
        Ok(tx.commit().await?)
    }

    /// Makes new codes on paper: those from before are void.
    pub async fn new_recovery_codes(
        &self,
        me: &SignedIn,
        whence: &Whence,
        password: SecretString,
    ) -> Result<Vec<SecretString>, EngineError> {
        self.prove(me, whence, password).await?;
        let person = &me.person;
        if person.second_factor_since.is_none() {
            let (person, what) = (person.email.to_string(), "so there is nothing to recover");
            return Err(PeopleError::NoFactor { person, what }.into());
        }
        let mut tx = self.0.store.begin().await?;
        self.still_signed_in(&mut tx, me).await?;
        let codes = put_new_codes(&mut tx, person).await?;
        let deed = written::person("second_factor.codes", person);
        self.record(&mut tx, &person.actor(), deed).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Uses a code up, in the transaction that lets somebody in. `false`: it is not good.
    pub(super) async fn use_up(
        &self,
        tx: &mut Tx,
        person: &Person,
        code: &Code,
    ) -> Result<bool, EngineError> {
        match code {
            Code::Totp(code) => {
                let owner = person.id.to_string();
                let sealed = secrets::get(tx, &owner, SecretName::TotpSecret).await?;
                let Some(sealed) = sealed else { return Ok(false) };
                let last = second_factors::step(tx, person.id).await?;
                let now = self.0.clock.now();
                match opened(&sealed)?.verify(code, now, last.map(TotpStep)) {
                    TotpVerdict::Accepted { step } => {
                        let steps = (last, step.0);
                        Ok(second_factors::accept(tx, person.id, steps).await?.is_updated())
                    }
                    TotpVerdict::Replayed | TotpVerdict::Wrong => Ok(false),
                }
            }
            Code::Recovery(code) => {
                let unused: Vec<TokenDigest> = second_factors::codes(tx, person.id).await?;
                match redeem(&unused, code) {
                    Redeemed::Yes { spent, .. } => {
                        let spent = spent.to_string();
                        Ok(second_factors::spend(tx, person.id, &spent).await?.is_updated())
                    }
                    Redeemed::No => Ok(false),
                }
            }
        }
    }
}

/// Forgets everything about somebody's second factor.
pub(super) async fn forget(tx: &mut Tx, person: &Person) -> Result<(), EngineError> {
    second_factors::end(tx, person.id).await?;
    for name in [SecretName::TotpSecret, SecretName::NewTotpSecret] {
        secrets::delete(tx, &person.id.to_string(), name).await?;
    }
    Ok(())
}

async fn put_new_codes(tx: &mut Tx, person: &Person) -> Result<Vec<SecretString>, EngineError> {
    let codes = draw_recovery_codes()?;
    let digests: Vec<String> = codes.iter().map(|code| code.digest().to_string()).collect();
    second_factors::put_codes(tx, person.id, &digests).await?;
    Ok(codes.iter().map(RecoveryCode::shown_once).collect())
}

fn opened(sealed: &SecretString) -> Result<TotpSecret, EngineError> {
    let bytes = BASE64.decode(sealed.expose_secret()).ok();
    let secret = bytes.and_then(|bytes| TotpSecret::from_bytes(&bytes));
    secret.ok_or_else(|| EngineError::Failed("a second factor cannot be read".to_owned()))
}
