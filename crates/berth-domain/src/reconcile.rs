//! Decides what has to be done so that a tenant is what it should be; never does it.
//!
//! # Invariants
//!
//! * Pure: the same wishes and the same observation give the same plan.
//! * A tenant with an operation is left to it, and what somebody else made is never touched.
//! * Nothing is made from nothing: a database or a filestore that is gone is a problem for a person.
//! * Carrying a plan out and planning again gives nothing more to do.

mod action;
mod explain;
mod observed;
mod restarts;
mod up;

use crate::subnet::Subnet;
use crate::{Tenant, TenantState, Timestamp};

pub use action::{Action, Plan, Planned, Trouble};
pub use explain::waits_for_a_person;
pub use observed::{
    Conf, Container, ContainerFacts, ContainerState, Database, DatabaseFacts, Files, Network,
    Observed, RoleFacts, RouteFacts, RouteGoal, Server,
};
pub use restarts::Restarts;

/// What a tenant should be, beside what its row says.
#[derive(Debug, Clone, Copy)]
pub struct Desired<'a> {
    pub tenant: &'a Tenant,
    /// `None`: no network is reserved for it.
    pub subnet: Option<Subnet>,
    /// How many connections its role may hold.
    pub connections: i32,
    /// How often it was started again of late.
    pub restarts: Restarts,
}

/// Plans for one tenant.
#[must_use]
pub fn plan(desired: &Desired<'_>, seen: &Observed, now: Timestamp) -> Plan {
    let mut plan = Plan::default();
    match desired.tenant.state {
        TenantState::Running | TenantState::OverLimit { .. } | TenantState::Drifted { .. } => {
            up::plan(desired, seen, now, &mut plan);
        }
        TenantState::Stopped { .. } => down(seen, RouteGoal::Stopped, &mut plan),
        TenantState::Suspended { .. } => down(seen, RouteGoal::Suspended, &mut plan),
        TenantState::Archived { .. } | TenantState::Deleted { .. } => away(seen, &mut plan),
        // It waits for a person, who may want to look at what is there.
        TenantState::Broken { .. } => route(seen, RouteGoal::Failed, &mut plan),
        TenantState::Provisioning { .. }
        | TenantState::Changing { .. }
        | TenantState::Deleting { .. } => {}
    }
    plan
}

/// Everything is kept, and nothing runs.
fn down(seen: &Observed, goal: RouteGoal, plan: &mut Plan) {
    route(seen, goal, plan);
    if seen.container.is_running() {
        plan.act(Action::StopContainer, "its container runs although it should not");
    }
}

/// Nothing but files and a closed database is left.
fn away(seen: &Observed, plan: &mut Plan) {
    if seen.route.is_some() {
        plan.act(Action::ForgetRoute, "it has a route although it is put away");
    }
    if let Container::There(_) = seen.container {
        plan.act(Action::RemoveContainer, "it has a container although it is put away");
    }
    if let Network::There { .. } = seen.network {
        plan.act(Action::RemoveNetwork, "it has a network although it is put away");
    }
    if let Server::Seen { database, role } = &seen.server {
        let is_open = matches!(database, Database::There(facts) if facts.is_open);
        if is_open || role.is_some_and(|role| role.can_login) {
            plan.act(Action::CloseDatabase, "its database is open although it is put away");
        }
    }
}

/// Visitors are told what is going on.
fn route(seen: &Observed, goal: RouteGoal, plan: &mut Plan) {
    let is_there =
        seen.route.as_ref().is_some_and(|route| route.goal == Some(goal) && route.is_right);
    if !is_there {
        plan.act(Action::SetRoute(goal), "its route is missing or says something else");
    }
}

#[cfg(test)]
mod tests;
