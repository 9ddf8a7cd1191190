//! What can be done to a tenant now, by whoever looks: menus, buttons and the bar of the fleet have it
//! from here.
//!
//! # Invariants
//!
//! * What a state and the rights of whoever looks allow is asked of the engine, which asks the same
//!   again when something is begun. No rule stands here twice.

use std::collections::BTreeSet;

use berth_domain::Tenant;
use berth_domain::access::Right;
use berth_engine::request::OperationRequest;
use berth_engine::view::OperationView;

use super::kind::Action;
use crate::pages::shell::Seat;

/// What can be done to a tenant, to be placed by `parts/actions.html`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actions {
    pub(crate) tenant: String,
    /// The address of the tenant, which those of the actions begin with.
    pub(crate) base: String,
    /// By which a button of this page is known again that is pressed twice.
    pub(crate) once: String,
    pub(crate) choices: Vec<Choice>,
    /// Whether whoever looks may go in as its administrator now.
    pub(crate) opens: bool,
    /// Whether they may read what it says.
    pub(crate) has_logs: bool,
}

/// One of the things that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    /// `None`: an operation is told.
    pub(crate) action: Option<Action>,
    /// The last part of its address.
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) icon: &'static str,
    /// Whether there is a page before it that asks.
    pub(crate) asks: bool,
    /// Whether something is lost by it.
    pub(crate) is_grave: bool,
}

impl Actions {
    /// What whoever is in this seat can have done to a tenant.
    pub(crate) fn of(seat: &Seat, org: &str, tenant: &Tenant) -> Self {
        let engine = &seat.context.engine;
        let name = tenant.name.to_string();
        Self {
            base: format!("/organisations/{org}/tenants/{name}"),
            tenant: name,
            once: seat.once.clone(),
            choices: choices(|action| engine.may_begin(tenant, &action.change()).is_ok()),
            opens: tenant.state.is_up() && seat.may(Right::Secrets),
            has_logs: seat.may(Right::Logs),
        }
    }

    /// What whoever is in this seat may tell an operation now.
    pub(crate) fn of_operation(seat: &Seat, org: &str, view: &OperationView) -> Self {
        let may = seat.may(Right::of_operation(view.kind));
        let told = view.open.iter().filter(|_| may).map(|request| Choice::told(*request));
        Self {
            tenant: view.target.clone(),
            base: format!("/organisations/{org}/operations/{}", view.id),
            once: seat.once.clone(),
            choices: told.collect(),
            opens: false,
            has_logs: false,
        }
    }

    /// Only the one with this key, if it is there.
    pub(crate) fn only(mut self, key: &str) -> Self {
        self.choices.retain(|choice| choice.key == key);
        self
    }

    /// Those that stand beside the name of a tenant; the rest is in a menu.
    pub(crate) fn first(&self) -> Vec<Choice> {
        self.choices.iter().filter(|it| is_first(**it)).copied().collect()
    }

    /// Those that stand in that menu.
    pub(crate) fn rest(&self) -> Vec<Choice> {
        self.choices.iter().filter(|it| !is_first(**it)).copied().collect()
    }
}

fn is_first(choice: Choice) -> bool {
    !choice.asks || choice.key == "stop"
}

/// What can be done to some of several tenants, of which each offers what is its own.
pub(crate) fn for_many<'a>(offers: impl Iterator<Item = &'a Actions>) -> Vec<Choice> {
    let keys: BTreeSet<&str> =
        offers.flat_map(|offer| offer.choices.iter().map(|choice| choice.key)).collect();
    let all = Action::ALL.into_iter().filter(|action| action.is_for_many());
    all.map(Choice::of).filter(|choice| keys.contains(choice.key)).collect()
}

/// Those of the actions that are allowed, in the order of menus. What is deleted for good at once is
/// reached by way of what is deleted, where that can be done.
pub(crate) fn choices(allows: impl Fn(Action) -> bool) -> Vec<Choice> {
    let is_offered =
        |action: &Action| allows(*action) && (*action != Action::Purge || !allows(Action::Delete));
    Action::ALL.into_iter().filter(is_offered).map(Choice::of).collect()
}

impl Choice {
    /// What an operation may be told. What takes something back is asked before.
    const fn told(request: OperationRequest) -> Self {
        let (key, label, icon, asks) = match request {
            OperationRequest::Retry => ("retry", "Retry", "restart", false),
            OperationRequest::Undo => ("undo", "Undo", "undo", true),
            OperationRequest::Cancel => ("cancel", "Cancel", "x", true),
            OperationRequest::Release => ("release", "Release", "play", false),
        };
        let is_grave = matches!(request, OperationRequest::Cancel);
        Self { action: None, key, label, icon, asks, is_grave }
    }

    pub(crate) fn of(action: Action) -> Self {
        let words = action.words();
        Self {
            action: Some(action),
            key: words.key,
            label: action.verb(),
            icon: words.icon,
            asks: action.asks(),
            is_grave: action.is_grave(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use berth_domain::access::Role;
    use berth_domain::lifecycle::Event;
    use berth_domain::{OperationId, TenantState, Timestamp};

    use super::*;

    fn offered(state: TenantState, may: impl Fn(Right) -> bool) -> String {
        let operation: OperationId = format!("op_{}", "0".repeat(32)).parse().unwrap();
        let allows = |action: Action| {
            let kind = action.kind();
            let event = kind
                .change()
                .map_or(Event::Purge { operation }, |change| Event::Change { operation, change });
            may(Right::of_operation(kind)) && state.on(event).is_ok()
        };
        choices(allows).iter().map(|choice| choice.key).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_offered_is_this_table() {
        let since = Timestamp::UNIX_EPOCH;
        let failed: OperationId = format!("op_{}", "1".repeat(32)).parse().unwrap();
        let mut table = String::new();
        for state in [
            TenantState::Running,
            TenantState::OverLimit { since },
            TenantState::Drifted { since },
            TenantState::Stopped { since },
            TenantState::Suspended { since },
            TenantState::Archived { since },
            TenantState::Deleted { since, until: since },
            TenantState::Broken { since, failed, suspended: false },
            TenantState::Broken { since, failed, suspended: true },
            TenantState::Deleting { operation: failed },
        ] {
            let of = |role: Role| offered(state, |right| role.rights().contains(&right));
            writeln!(table, "{}", state.in_full()).unwrap();
            for (who, what) in [
                ("viewer", of(Role::Viewer)),
                ("member", of(Role::Member)),
                ("admin", of(Role::Admin)),
                ("operator", offered(state, |_| true)),
            ] {
                writeln!(table, "{}", format!("  {who:<8} {what}").trim_end()).unwrap();
            }
        }
        insta::assert_snapshot!(table);
    }
}
