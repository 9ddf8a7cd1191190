//! An installation with people in it.

use berth_domain::Person;
use berth_domain::access::Grants;
use berth_domain::audit::Origin;
use berth_engine::request::{Accept, AuditFilter, Claim, Invite, SignIn, Whence};
use berth_engine::view::{AuditEntry, Credential, NewSession, SignedIn};
use berth_engine::{Asker, Engine, EngineError};
use berth_engine_testkit::{ACTOR, Control, Installation, ORG};
use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};

use crate::life::stage::Stage;

pub(super) const OPERATOR: &str = "op@example.com";
pub(super) const PASSWORD: &str = "three small herons";

/// Somebody at an address that nobody else has.
pub(super) fn whence(last: u8) -> Whence {
    let address = Some([192, 0, 2, last].into());
    Whence { address, user_agent: Some("Mozilla/5.0".to_owned()) }
}

pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

pub(super) fn credentials(email: &str, password: &str) -> SignIn {
    SignIn { email: email.to_owned(), password: secret(password), code: None }
}

pub(super) struct Crew {
    pub(super) stage: Stage,
}

impl Crew {
    /// An installation that [`OPERATOR`] claimed.
    pub(super) async fn new() -> Self {
        Self::claimed(Stage::new().await).await
    }

    /// The same, set up a little differently.
    pub(super) async fn with(change: impl FnOnce(&mut Installation)) -> Self {
        Self::claimed(Stage::with(change).await).await
    }

    /// The same with this kind of control database.
    pub(super) async fn on(control: Control) -> Self {
        Self::claimed(Stage::on(control).await).await
    }

    async fn claimed(stage: Stage) -> Self {
        let crew = Self { stage };
        let code = crew.engine().setup_token(&ACTOR).await.unwrap().unwrap();
        crew.engine().claim_installation(&whence(1), claim(&code)).await.unwrap();
        crew
    }

    /// The engine, as the operator of the host has it.
    pub(super) fn engine(&self) -> &Engine {
        &self.stage.process().engine
    }

    pub(super) fn tick(&self, time: SignedDuration) {
        self.stage.tick(time);
    }

    pub(super) async fn sign_in(&self, email: &str) -> NewSession {
        let whence = whence(2);
        self.engine().begin_session(&whence, credentials(email, PASSWORD)).await.unwrap()
    }

    /// Whoever holds this by now.
    pub(super) async fn whoever(&self, session: &NewSession) -> Option<SignedIn> {
        self.engine().signed_in(&session.secret).await.unwrap()
    }

    /// Signs somebody in, and has what they may.
    pub(super) async fn me(&self, email: &str) -> SignedIn {
        let session = self.sign_in(email).await;
        self.whoever(&session).await.unwrap()
    }

    /// The engine on the terms of somebody who is signed in.
    pub(super) fn of(&self, me: &SignedIn) -> Engine {
        let origin = Origin::socket("req_1".to_owned());
        let shown = Some(Credential::Session(me.session));
        let terms = Asker { origin, grants: me.grants.clone(), shown, once: None };
        self.engine().asked_by(terms)
    }

    /// The engine, for somebody at this address who shows nothing.
    pub(super) fn from(&self, whence: &Whence) -> Engine {
        let origin = Origin::tcp("req_2".to_owned(), whence.address.unwrap());
        let grants = Grants::Memberships(std::collections::BTreeMap::new());
        self.engine().asked_by(Asker { origin, grants, shown: None, once: None })
    }

    /// Invites somebody to the organisation. Returns the code.
    pub(super) async fn invite(&self, email: &str, role: &str) -> SecretString {
        let request = Invite { email: email.to_owned(), role: role.to_owned() };
        self.engine().invite(&ACTOR, Some(ORG), &request).await.unwrap().code
    }

    pub(super) async fn accept(&self, code: &SecretString) -> Result<Person, EngineError> {
        self.engine().accept_invitation(None, &whence(3), acceptance(code)).await
    }

    /// Has somebody join the organisation.
    pub(super) async fn join(&self, email: &str, role: &str) -> Person {
        let code = self.invite(email, role).await;
        self.accept(&code).await.unwrap()
    }

    /// What was done, newest first: to the organisation, or with `None` to the installation.
    pub(super) async fn audit(&self, org: Option<&str>) -> Vec<AuditEntry> {
        self.engine().audit(&ACTOR, org, &AuditFilter::default()).await.unwrap().items
    }

    /// The same in short.
    pub(super) async fn told(&self, org: Option<&str>) -> Vec<String> {
        let line = |entry: &AuditEntry| {
            format!("{} {} {}", entry.actor, entry.action, entry.outcome.as_str())
        };
        self.audit(org).await.iter().map(line).collect()
    }
}

pub(super) fn claim(code: &SecretString) -> Claim {
    Claim {
        code: code.clone(),
        email: OPERATOR.to_owned(),
        name: "Olga Petrova".to_owned(),
        password: secret(PASSWORD),
    }
}

pub(super) fn acceptance(code: &SecretString) -> Accept {
    Accept {
        code: code.clone(),
        name: Some("Jo Silva".to_owned()),
        password: Some(secret(PASSWORD)),
    }
}

/// Somebody was refused with these words.
pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, EngineError>) -> String {
    result.unwrap_err().to_string()
}

/// The text of a code.
pub(super) fn text(code: &SecretString) -> &str {
    code.expose_secret()
}
