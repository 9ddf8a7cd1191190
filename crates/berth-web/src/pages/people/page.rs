//! All of them on one page, and the same again when a form was not right.

use askama::Template;
use axum::response::Response;
use berth_domain::access::Role;
use berth_engine::EngineError;
use berth_engine::request::PageRequest;
use http::StatusCode;

use super::confirm::{base, shell};
use super::rows::{Invited, RightChoice, Row, TokenRow};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::html::{page, page_with};
use crate::pages::said::Said;
use crate::pages::shell::{Seat, Shell};

/// How many tokens are shown.
const TOKENS: u32 = 1000;
/// For how long a token can be good: as the engine reads it, and in words.
const SPANS: [(&str, &str); 5] = [
    ("7d", "7 days"),
    ("30d", "30 days"),
    ("90d", "90 days"),
    ("365d", "One year"),
    ("never", "Until it is revoked"),
];

/// People, of an organisation or all.
#[derive(Debug, Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    /// In front of the paths of forms. Empty: it is about the installation.
    base: String,
    is_operator: bool,
    people: Vec<Row>,
    invitations: Vec<Invited>,
    tokens: Vec<TokenRow>,
    has_more_tokens: bool,
    /// What whoever looks may invite to.
    roles: Vec<(&'static str, bool)>,
    rights: Vec<RightChoice>,
    spans: Vec<(&'static str, &'static str, bool)>,
    can_mail: bool,
    typed: Typed,
    form: Form,
    said: Said,
}

/// What was typed into the form that comes back.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) email: String,
    pub(super) role: String,
    pub(super) is_sent: bool,
    pub(super) account: String,
    pub(super) scope: Vec<String>,
    pub(super) expires: String,
}

/// The form that comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Role,
    Invite,
    Token,
}

impl PeoplePage {
    /// What is said about a field of a form, if it is the one that comes back.
    fn invite_said(&self, field: &str) -> Option<&str> {
        self.said.at(field).filter(|_| self.form == Form::Invite)
    }

    fn token_said(&self, field: &str) -> Option<&str> {
        self.said.at(field).filter(|_| self.form == Form::Token)
    }

    fn whole_of(&self, form: &str) -> Option<&str> {
        let is_that = match self.form {
            Form::Role => form == "role",
            Form::Invite => form == "invite",
            Form::Token => form == "token",
        };
        self.said.whole.as_deref().filter(|_| is_that)
    }
}

/// Those of an organisation.
pub(crate) async fn of_organisation(seat: Seat, At(org): At<String>) -> Result<Response, ApiError> {
    let none = (Form::Role, Typed::default(), Said::default());
    page(&gather(seat, Some(&org), none).await?)
}

/// Everybody who has an account.
pub(crate) async fn of_installation(seat: Seat) -> Result<Response, ApiError> {
    let none = (Form::Role, Typed::default(), Said::default());
    page(&gather(seat, None, none).await?)
}

/// Shows the page again after a form that was not right.
pub(super) async fn again(
    seat: Seat,
    org: Option<&str>,
    (form, typed): (Form, Typed),
    error: EngineError,
) -> Result<Response, ApiError> {
    let said = Said::of(error)?;
    let again = gather(seat, org, (form, typed, said)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

async fn gather(
    seat: Seat,
    org: Option<&str>,
    (form, typed, said): (Form, Typed, Said),
) -> Result<PeoplePage, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let now = engine.now();
    let people = if let Some(org) = org {
        let members = engine.members(&actor, org).await?;
        members.iter().map(|member| Row::of_member(member, &seat, now)).collect()
    } else {
        let people = engine.people(&actor).await?;
        people.iter().map(|person| Row::of_person(person, &seat, now)).collect()
    };
    let invitations = engine.invitations(&actor, org).await?;
    let request = PageRequest { limit: Some(TOKENS), ..PageRequest::default() };
    let tokens = engine.tokens(&actor, org, &request).await?;
    let rights = seat.may_give().into_iter();
    let expires = if typed.expires.is_empty() { "90d" } else { typed.expires.as_str() };
    Ok(PeoplePage {
        base: base(org),
        is_operator: seat.is_operator(),
        people,
        invitations: invitations.iter().map(Invited::of).collect(),
        has_more_tokens: tokens.next.is_some(),
        tokens: tokens.items.iter().map(|token| TokenRow::of(token, now)).collect(),
        roles: roles(&seat, org, &typed.role),
        rights: rights.map(|right| RightChoice::of(right, &typed.scope)).collect(),
        spans: SPANS.map(|(value, text)| (value, text, value == expires)).to_vec(),
        can_mail: engine.writes_letters(),
        typed,
        form,
        said,
        shell: shell(seat, org, "People").await?,
    })
}

/// What somebody can be invited to by whoever looks, and which of it is chosen.
fn roles(seat: &Seat, org: Option<&str>, chosen: &str) -> Vec<(&'static str, bool)> {
    if org.is_none() {
        return vec![("operator", true)];
    }
    let chosen = if chosen.is_empty() { Role::Member.as_str() } else { chosen };
    let roles = Role::ALL.iter().filter(|role| seat.may_appoint(**role));
    roles.map(|role| (role.as_str(), role.as_str() == chosen)).collect()
}
