//! The page that asks before something is done to a tenant.

use askama::Template;
use berth_domain::operation::OperationKind;
use berth_engine::view::TenantView;
use berth_engine::{EngineError, Kind};
use http::StatusCode;

use super::refusal::Refusal;
use super::{Action, Actions, Typed, change, is_told, titled};
use crate::error::ApiError;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{Status, capitalised, size};

/// What somebody is about to do.
pub(super) struct Asking {
    pub(super) action: Action,
    pub(super) org: String,
    pub(super) typed: Typed,
}

/// What will happen, and the button that has it happen.
#[derive(Debug, Template)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage {
    shell: Shell,
    tenant: String,
    status: Status,
    /// The address of the tenant.
    base: String,
    /// The last part of the address of this page.
    key: &'static str,
    /// `Stop acme`: the heading, and the button.
    title: String,
    /// What will happen, in the order in which it does.
    plan: Vec<String>,
    unaffected: &'static str,
    /// What is lost, counted. Empty: nothing.
    lost: Vec<String>,
    /// Whether the name must be typed.
    takes_name: bool,
    /// Whether it asks for another name.
    is_rename: bool,
    name: String,
    host: String,
    /// What was typed to show that it is meant.
    confirm: String,
    is_grave: bool,
    instead: &'static str,
    /// Where it can be done at once instead. `None`: that is what this is, or not offered.
    at_once: Option<String>,
    refusal: Option<Refusal>,
    /// What can be done in place of what was refused.
    others: Actions,
    said: Said,
}

impl ConfirmPage {
    /// What will happen to a tenant as it is now, or why nothing can.
    pub(super) async fn of(
        seat: Seat,
        (name, asking): (&str, Asking),
        said: Said,
    ) -> Result<(StatusCode, Self), ApiError> {
        let Asking { action, org, typed } = asking;
        let engine = seat.context.engine.clone();
        let actor = seat.context.actor.clone();
        let view = engine.glance(&actor, &org, name).await?;
        let is_rename = action == Action::Rename;
        let wanted = change(action, &typed);
        let planned = if is_rename && typed.name.is_none() {
            // Nobody knows yet what it will be called; whether it may be, the engine does.
            engine.may_begin(&view.tenant, &wanted).map(|()| Vec::new())
        } else {
            let plan = engine.outline_change(&actor, &org, name, &wanted).await;
            plan.map(|plan| plan.actions.into_iter().map(|it| capitalised(&it.text)).collect())
        };
        let (status, plan, refusal) = match planned {
            Ok(plan) => (StatusCode::OK, plan, None),
            Err(EngineError::Invalid(_)) if is_rename => (StatusCode::OK, Vec::new(), None),
            Err(error) if is_told(&error) || error.kind() == Kind::Forbidden => {
                (StatusCode::CONFLICT, Vec::new(), Some(Refusal::of(&error)))
            }
            Err(error) => return Err(error.into()),
        };
        let takes_name = engine.kind_of(&wanted) == OperationKind::TenantPurge;
        let may_purge = engine.may_begin(&view.tenant, &Action::Purge.change()).is_ok();
        let overview = engine.overview(&actor, &org).await?;
        let words = action.words();
        let title = titled(action, name);
        let base = format!("/organisations/{org}/tenants/{name}");
        let offers_purge = action == Action::Delete && !takes_name && may_purge;
        let asked = Self {
            others: Actions::of(&seat, &org, &view.tenant),
            shell: seat.shell(&overview, (Nav::Fleet, title.clone())).await?,
            tenant: name.to_owned(),
            status: Status::of_tenant(&view.tenant.state),
            at_once: offers_purge.then(|| format!("{base}/{}", Action::Purge.words().key)),
            base,
            key: words.key,
            title,
            plan,
            unaffected: words.unaffected,
            lost: if takes_name { lost(&view) } else { Vec::new() },
            takes_name,
            is_rename,
            name: typed.name.unwrap_or_else(|| name.to_owned()),
            host: typed.host.unwrap_or_default(),
            confirm: typed.confirm.unwrap_or_default(),
            is_grave: action.is_grave(),
            instead: words.instead,
            refusal,
            said,
        };
        Ok((status, asked))
    }
}

/// What is gone afterwards.
fn lost(view: &TenantView) -> Vec<String> {
    let measured = view.storage.as_ref().and_then(|storage| storage.found.measured);
    let filled = |what: &str, bytes| format!("{what}: {}", size(bytes));
    match measured {
        Some((found, _)) => vec![
            filled("Its database", found.database),
            filled("Its files", found.files),
            format!("Its name and its host, {}", view.tenant.host),
        ],
        None => vec![
            "Its database and its files, which were never measured".to_owned(),
            format!("Its name and its host, {}", view.tenant.host),
        ],
    }
}
