//! People, invitations and tokens, worded.

use berth_domain::access::{Right, Role};
use berth_domain::person::Invitation;
use berth_domain::{Person, Timestamp};
use berth_engine::view::{Member, PersonView, TokenView};

use crate::pages::shell::Seat;
use crate::pages::words::{ago, capitalised, moment, who};

/// Somebody.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    /// What they are.
    pub(super) role: String,
    /// What they can be made by whoever looks: a word, and whether they are that. Empty: nothing else.
    pub(super) roles: Vec<(&'static str, bool)>,
    pub(super) has_factor: bool,
    pub(super) is_disabled: bool,
    pub(super) seen: String,
    pub(super) is_me: bool,
    /// What they are linked with.
    pub(super) providers: Vec<String>,
}

/// Somebody who is invited.
#[derive(Debug)]
pub(super) struct Invited {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) role: String,
    pub(super) by: String,
    pub(super) until: String,
}

/// A token.
#[derive(Debug)]
pub(super) struct TokenRow {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) scope: String,
    pub(super) made: String,
    pub(super) until: String,
    pub(super) is_expired: bool,
    pub(super) used: String,
}

/// A right that a token can have.
#[derive(Debug)]
pub(super) struct RightChoice {
    pub(super) value: &'static str,
    pub(super) text: &'static str,
    pub(super) is_chosen: bool,
}

impl Row {
    pub(super) fn of_member(member: &Member, seat: &Seat, now: Timestamp) -> Self {
        let may = seat.may_appoint(member.role);
        let roles = Role::ALL.iter().filter(|role| may && seat.may_appoint(**role));
        Self {
            role: capitalised(member.role.as_str()),
            roles: roles.map(|role| (role.as_str(), *role == member.role)).collect(),
            ..Self::of(&member.person, seat, now)
        }
    }

    pub(super) fn of_person(view: &PersonView, seat: &Seat, now: Timestamp) -> Self {
        let operator = view.person.is_operator.then(|| "Operator".to_owned());
        let roles = view.roles.iter().map(|(org, role)| format!("{role} of {org}"));
        let role: Vec<String> = operator.into_iter().chain(roles).collect();
        let providers = view.identities.iter().map(|it| it.provider.to_string()).collect();
        Self { role: role.join(", "), providers, ..Self::of(&view.person, seat, now) }
    }

    fn of(person: &Person, seat: &Seat, now: Timestamp) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name.to_string(),
            email: person.email.to_string(),
            role: String::new(),
            roles: Vec::new(),
            has_factor: person.second_factor_since.is_some(),
            is_disabled: person.disabled_at.is_some(),
            seen: person.signed_in_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)),
            is_me: seat.is_me(person.id),
            providers: Vec::new(),
        }
    }
}

impl Invited {
    pub(super) fn of(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email.to_string(),
            role: capitalised(invitation.offer.as_str()),
            by: who(&invitation.created_by.to_string()),
            until: moment(invitation.expires_at),
        }
    }
}

impl TokenRow {
    pub(super) fn of(view: &TokenView, now: Timestamp) -> Self {
        let TokenView { token, is_expired } = view;
        Self {
            id: token.id.to_string(),
            account: token.account.to_string(),
            scope: token.scope.rights().map(Right::as_str).collect::<Vec<_>>().join(", "),
            made: format!(
                "{}, by {}",
                ago(token.created_at, now),
                who(&token.created_by.to_string())
            ),
            until: token.expires_at.map_or_else(|| "never".to_owned(), day),
            is_expired: *is_expired,
            used: token.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)),
        }
    }
}

impl RightChoice {
    pub(super) fn of(right: Right, chosen: &[String]) -> Self {
        let is_chosen = chosen.iter().any(|value| value == right.as_str());
        Self { value: right.as_str(), text: meaning(right), is_chosen }
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// What somebody may do who has it.
const fn meaning(right: Right) -> &'static str {
    match right {
        Right::Read => "Look at tenants, operations, schedules and quotas",
        Right::Operate => "Make tenants, start, stop and change them",
        Right::Administer => "Rename tenants, put them away, delete them and bring them back",
        Right::Logs => "Read what tenants' Odoos say",
        Right::Exec => "Run commands and Odoo's shell inside tenants",
        Right::Psql => "Speak SQL to tenants' databases",
        Right::Secrets => "See and set administrators' passwords",
        Right::Export => "Take a tenant's data away",
        Right::Audit => "See who did what",
        Right::Members => "Say who belongs to the organisation",
        Right::Metrics => "Read what Berth counts",
        Right::Installation => "Run the installation: disks, organisations, what they may have",
    }
}
