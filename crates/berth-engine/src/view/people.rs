//! Who may do what, and who did what.

use std::collections::BTreeMap;

use berth_domain::access::{Grants, Role};
use berth_domain::person::{Invitation, Offer, Session};
use berth_domain::provider::ReturnPath;
use berth_domain::{Actor, Organisation, Person, ProviderId, SessionId, Token, TokenId};
pub use berth_store::audit::AuditEntry;
pub use berth_store::foreign::Identity;
pub use berth_store::memberships::Member;
use secrecy::SecretString;

/// A token, and whether its time is over by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    pub token: Token,
    pub is_expired: bool,
}

/// A token that was just made, with what it says, which is not shown again.
#[derive(Debug)]
pub struct NewToken {
    pub token: TokenView,
    pub secret: SecretString,
}

/// Whoever showed a token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub token: TokenId,
    pub actor: Actor,
    pub grants: Grants,
}

/// Whoever showed the secret of a session that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub session: SessionId,
    pub person: Person,
    pub grants: Grants,
}

/// What somebody showed to be let in, and may be taken from them while they stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    Token(TokenId),
    Session(SessionId),
}

/// A session that just began, with what the browser is to hold, which is not shown again.
#[derive(Debug)]
pub struct NewSession {
    pub session: Session,
    pub person: Person,
    pub secret: SecretString,
}

/// A foreign provider, as it is offered to whoever signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderView {
    pub id: ProviderId,
    pub name: String,
}

/// A sign-in that was just begun at a provider.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes on.
    pub url: String,
    /// What it holds until it comes back.
    pub held: SecretString,
}

/// Somebody who came back from a provider.
#[derive(Debug)]
pub struct Arrived {
    pub arrival: Arrival,
    /// Where the browser goes on.
    pub next: ReturnPath,
}

/// What they came for.
#[derive(Debug)]
pub enum Arrival {
    SignedIn(Box<NewSession>),
    /// Their account is linked from now on.
    Linked,
}

/// A person, and what they are in which organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    pub person: Person,
    pub roles: BTreeMap<String, Role>,
    /// Who they are at foreign providers.
    pub identities: Vec<Identity>,
}

/// An invitation that was just made, with its code, which is not shown again.
#[derive(Debug)]
pub struct NewInvitation {
    pub invitation: Invitation,
    pub code: SecretString,
    /// Whether it was sent to whoever is invited. `None`: nobody wanted that.
    pub is_mailed: Option<bool>,
}

/// What a code is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeView {
    pub offer: Offer,
    /// Where. `None`: it is about the installation, or a password.
    pub organisation: Option<Organisation>,
    pub asks: CodeAsks,
}

/// What is asked of whoever uses a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAsks {
    /// What they are called and a password: they get an account.
    NameAndPassword,
    /// A password, in the place of the one that was reset.
    Password,
    /// Nothing: they are signed in as whoever it is for.
    Nothing,
    /// To sign in first as whoever it is for.
    SignIn,
}

/// What an authenticator is told. Shown until its first code was right.
#[derive(Debug)]
pub struct Enrolment {
    /// For the picture that is photographed.
    pub url: SecretString,
    /// For typing.
    pub key: SecretString,
}
