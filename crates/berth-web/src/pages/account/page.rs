//! The page itself, and the same again when a form was not right.

use askama::Template;
use axum::response::Response;
use berth_domain::person::Session;
use berth_domain::{SessionId, Timestamp};
use berth_engine::EngineError;
use berth_engine::view::{Identity, PersonView, ProviderView};
use http::StatusCode;

use super::device::device;
use crate::error::ApiError;
use crate::extract::Asked;
use crate::pages::html::{page, page_with};
use crate::pages::said::Said;
use crate::pages::shell::{Nav, OwnSeat, Shell};
use crate::pages::words::{ago, capitalised, moment};

/// What was just done, as the address says it.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Before {
    done: Option<String>,
}

/// Somebody's account.
#[derive(Debug, Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    name: String,
    email: String,
    since: String,
    /// Where they belong, and as what.
    roles: Vec<(String, String)>,
    is_operator: bool,
    /// Since when an authenticator is asked for.
    factor_since: Option<String>,
    sessions: Vec<Row>,
    has_others: bool,
    providers: Vec<Provider>,
    /// What was just done.
    done: Option<&'static str>,
    back: Back,
}

/// One of somebody's sessions, worded.
#[derive(Debug)]
struct Row {
    id: String,
    device: String,
    address: String,
    since: String,
    seen: String,
    is_this: bool,
}

/// A foreign provider, and who somebody is there.
#[derive(Debug)]
struct Provider {
    id: String,
    /// What its forms are called.
    link: String,
    unlink: String,
    name: String,
    /// Who somebody is there, since when, and when they came from there last.
    linked: Option<(String, String, String)>,
}

/// The form that comes back, and what is said at it.
#[derive(Debug, Default)]
pub(super) struct Back {
    form: String,
    said: Said,
}

impl Back {
    fn is(&self, form: &str) -> bool {
        self.form == form
    }

    /// What is said about a field of a form, if it is that one.
    fn at(&self, form: &str, field: &str) -> Option<&str> {
        self.said.at(field).filter(|_| self.form == form)
    }

    fn whole(&self, form: &str) -> Option<&str> {
        self.said.whole.as_deref().filter(|_| self.form == form)
    }
}

/// Shows somebody their account.
pub(crate) async fn show(
    seat: OwnSeat,
    Asked(before): Asked<Before>,
) -> Result<Response, ApiError> {
    let done = before.done.as_deref().and_then(told);
    page(&gather(seat, Back::default(), done).await?)
}

/// Shows it again after a form that was not right. What is said of a wrong password stands in its field.
pub(super) async fn again(
    seat: OwnSeat,
    form: impl Into<String>,
    error: EngineError,
) -> Result<Response, ApiError> {
    let wrong = ("current_password", "This is not the password of your account.");
    let back = Back { form: form.into(), said: Said::of_proof(error, wrong)? };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &gather(seat, back, None).await?)
}

/// Words what an address says was done. Only these are said: anybody can make up an address.
fn told(done: &str) -> Option<&'static str> {
    Some(match done {
        "password" => "Your password is changed. All other sessions are ended.",
        "second-factor" => "No second factor is asked for any more.",
        "sessions" => "All other sessions are ended.",
        "session" => "The session is ended.",
        "unlinked" => "Your account is not linked with that provider any more.",
        _ => return None,
    })
}

async fn gather(
    seat: OwnSeat,
    back: Back,
    done: Option<&'static str>,
) -> Result<AccountPage, ApiError> {
    let engine = seat.visit.engine.clone();
    let me = seat.visit.me()?.clone();
    let now = engine.now();
    let PersonView { person, roles, identities } = engine.who_am_i(&me).await?;
    let sessions = engine.own_sessions(&me).await?;
    let providers = providers(engine.sign_in_providers(), &identities, now);
    let rows: Vec<Row> = sessions.iter().map(|it| Row::of(it, me.session, now)).collect();
    Ok(AccountPage {
        name: person.name.to_string(),
        email: person.email.to_string(),
        since: ago(person.created_at, now),
        roles: roles.into_iter().map(|(org, role)| (org, capitalised(role.as_str()))).collect(),
        is_operator: person.is_operator,
        factor_since: person.second_factor_since.map(|at| ago(at, now)),
        has_others: rows.iter().any(|row| !row.is_this),
        sessions: rows,
        providers,
        done,
        back,
        shell: seat.shell((Nav::Account, "Account".to_owned())).await?,
    })
}

impl Row {
    fn of(session: &Session, current: SessionId, now: Timestamp) -> Self {
        Self {
            id: session.id.to_string(),
            device: session.user_agent.as_deref().map_or_else(|| "Unknown".to_owned(), device),
            address: session.address.clone().unwrap_or_else(|| "this host".to_owned()),
            since: moment(session.created_at),
            seen: ago(session.seen_at, now),
            is_this: session.id == current,
        }
    }
}

/// Those that there are, and those that somebody is still linked with although nobody configures them
/// any more.
fn providers(offered: Vec<ProviderView>, identities: &[Identity], now: Timestamp) -> Vec<Provider> {
    let of = |id: String, name: String| {
        let found = identities.iter().find(|identity| identity.provider.as_str() == id);
        let linked = found.map(|it| {
            let last = it.signed_in_at.map_or_else(|| "never".to_owned(), |at| ago(at, now));
            (it.subject.clone(), ago(it.created_at, now), last)
        });
        let (link, unlink) = (format!("link-{id}"), format!("unlink-{id}"));
        Provider { id, link, unlink, name, linked }
    };
    let mut providers: Vec<Provider> =
        offered.into_iter().map(|it| of(it.id.to_string(), it.name)).collect();
    for identity in identities {
        let id = identity.provider.to_string();
        if !providers.iter().any(|it| it.id == id) {
            providers.push(of(id.clone(), id));
        }
    }
    providers
}
