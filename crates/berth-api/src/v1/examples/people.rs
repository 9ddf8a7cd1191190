//! People.

use std::collections::BTreeMap;

use super::at;
use crate::Secret;
use crate::v1::{
    Claim, Invitation, InvitationAccept, InvitationCreate, InvitationCreated, LinkedProvider,
    Member, MemberSet, PasswordChange, PasswordProof, Person, PersonReset, PersonWasReset,
    ProviderLink, ProviderVisit, RecoveryCodes, SecondFactorConfirm, SecondFactorEnrolment,
    Session, SessionsEnded, SignIn, SignInProvider,
};

const NOT_REAL: &str = "EXAMP-LENOT-AREAL-0NE00-00000";

fn secret() -> Secret {
    Secret::new("example-not-a-real-one".to_owned())
}

/// Somebody who works with tenants.
#[must_use]
pub fn person() -> Person {
    Person {
        id: "per_0198c0de00007000800000000000c001".to_owned(),
        email: "jo@example.com".to_owned(),
        name: "Jo Silva".to_owned(),
        operator: false,
        roles: BTreeMap::from([("default".to_owned(), "member".to_owned())]),
        providers: vec![linked_provider()],
        disabled_at: None,
        second_factor_since: Some(at(3600)),
        created_at: at(0),
        signed_in_at: Some(at(7200)),
    }
}

#[must_use]
pub fn linked_provider() -> LinkedProvider {
    LinkedProvider {
        provider: "corp".to_owned(),
        issuer: "https://login.example.com/realms/corp".to_owned(),
        subject: "248289761001".to_owned(),
        since: at(0),
        signed_in_at: Some(at(7200)),
    }
}

#[must_use]
pub fn sign_in_provider() -> SignInProvider {
    SignInProvider { id: "corp".to_owned(), name: "Example Corp".to_owned() }
}

#[must_use]
pub fn provider_link() -> ProviderLink {
    ProviderLink { current_password: secret(), next: Some("/account".to_owned()) }
}

#[must_use]
pub fn provider_visit() -> ProviderVisit {
    ProviderVisit { url: "https://login.example.com/realms/corp/authorize?state=...".to_owned() }
}

#[must_use]
pub fn member() -> Member {
    let Person { id, email, name, signed_in_at, .. } = person();
    Member {
        id,
        email,
        name,
        role: "member".to_owned(),
        since: at(0),
        disabled: false,
        second_factor: true,
        signed_in_at,
    }
}

#[must_use]
pub fn session() -> Session {
    Session {
        id: "ses_0198c0de00007000800000000000d001".to_owned(),
        created_at: at(7200),
        seen_at: at(7260),
        address: Some("192.0.2.7".to_owned()),
        user_agent: Some("Mozilla/5.0".to_owned()),
        idle_at: at(7260 + 12 * 3600),
        ends_at: at(7200 + 7 * 24 * 3600),
        current: true,
    }
}

#[must_use]
pub fn sessions_ended() -> SessionsEnded {
    SessionsEnded { ended: 2 }
}

#[must_use]
pub fn invitation() -> Invitation {
    Invitation {
        id: "inv_0198c0de00007000800000000000e001".to_owned(),
        email: "al@example.com".to_owned(),
        role: "viewer".to_owned(),
        created_at: at(0),
        created_by: "person:jo@example.com".to_owned(),
        expires_at: at(7 * 24 * 3600),
    }
}

#[must_use]
pub fn invitation_create() -> InvitationCreate {
    InvitationCreate { email: "al@example.com".to_owned(), role: "viewer".to_owned(), send: false }
}

#[must_use]
pub fn invitation_created() -> InvitationCreated {
    InvitationCreated { invitation: invitation(), code: NOT_REAL.to_owned(), mailed: None }
}

#[must_use]
pub fn invitation_accept() -> InvitationAccept {
    InvitationAccept {
        code: Secret::new(NOT_REAL.to_owned()),
        name: Some("Al Silva".to_owned()),
        password: Some(secret()),
    }
}

#[must_use]
pub fn claim() -> Claim {
    Claim {
        code: Secret::new(NOT_REAL.to_owned()),
        email: "jo@example.com".to_owned(),
        name: "Jo Silva".to_owned(),
        password: secret(),
    }
}

#[must_use]
pub fn sign_in() -> SignIn {
    let code = Some(Secret::new("123456".to_owned()));
    SignIn { email: "jo@example.com".to_owned(), password: secret(), code }
}

#[must_use]
pub fn password_change() -> PasswordChange {
    PasswordChange { current_password: secret(), password: secret() }
}

#[must_use]
pub fn password_proof() -> PasswordProof {
    PasswordProof { current_password: secret() }
}

#[must_use]
pub fn second_factor_enrolment() -> SecondFactorEnrolment {
    SecondFactorEnrolment {
        url: "otpauth://totp/Berth:jo%40example.com?secret=EXAMPLE&issuer=Berth".to_owned(),
        key: "EXAM PLE".to_owned(),
    }
}

#[must_use]
pub fn second_factor_confirm() -> SecondFactorConfirm {
    SecondFactorConfirm { code: Secret::new("123456".to_owned()) }
}

#[must_use]
pub fn recovery_codes() -> RecoveryCodes {
    RecoveryCodes { codes: vec!["EXAMP-LENOT-AREAL-0NE00".to_owned()] }
}

#[must_use]
pub fn member_set() -> MemberSet {
    MemberSet { role: "admin".to_owned() }
}

#[must_use]
pub fn person_reset() -> PersonReset {
    PersonReset { only: Some("second-factor".to_owned()) }
}

#[must_use]
pub fn person_was_reset() -> PersonWasReset {
    PersonWasReset { code: Some(NOT_REAL.to_owned()) }
}
