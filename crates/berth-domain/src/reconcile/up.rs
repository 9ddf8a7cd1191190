//! Planning for a tenant that should serve visitors.

use super::{
    Action, Conf, Container, ContainerFacts, ContainerState, Database, Desired, Files, Network,
    Observed, Plan, RouteGoal, Server,
};
use crate::{Generation, TenantState, Timestamp};

/// From what everything else stands on to what visitors see.
pub(super) fn plan(desired: &Desired<'_>, seen: &Observed, now: Timestamp, plan: &mut Plan) {
    server(desired, seen, plan);
    files(desired, seen, plan);
    conf(seen, plan);
    if !plan.troubles.is_empty() {
        // Without its data nothing of it is started, and what runs is left running.
        return give_up(seen, plan);
    }
    network(desired, seen, plan);
    container(desired, seen, now, plan);
    if !plan.troubles.is_empty() {
        return give_up(seen, plan);
    }
    let is_published =
        seen.route.is_some_and(|route| route.goal == Some(RouteGoal::Open) && route.is_right);
    let is_drifted = matches!(desired.tenant.state, TenantState::Drifted { .. });
    if plan.has(Action::RunContainer) {
        plan.act(Action::Publish, "visitors are let in once it answers");
    } else if !is_published {
        plan.act(Action::Publish, "its route is missing or does not lead to its container");
    } else if is_drifted {
        plan.act(Action::Publish, "everything it needs is there again");
    }
}

fn files(desired: &Desired<'_>, seen: &Observed, plan: &mut Plan) {
    let name = &desired.tenant.name;
    match seen.files {
        Files::Marked => {}
        Files::Unmarked => {
            plan.act(Action::VerifyFiles, "nothing says that the filestore is the tenant's");
        }
        Files::Missing => plan.ask(
            "its filestore is gone: is a disk missing?",
            format!(
                "mount the disk or put the files back, and it comes up by itself; or remove it with `berth tenant delete {name}`"
            ),
        ),
        Files::OfAnother => plan.ask(
            "its folder holds the files of another tenant",
            "put its own files back: the file `.berth-tenant` in the filestore says whose they are",
        ),
    }
}

fn server(desired: &Desired<'_>, seen: &Observed, plan: &mut Plan) {
    let (database, role) = match &seen.server {
        Server::Silent(why) => {
            return plan.hope(format!("the PostgreSQL server does not answer: {why}"));
        }
        Server::Seen { database, role } => (database, role),
    };
    match role {
        None => plan.act(Action::EnsureRole, "its database role is gone"),
        Some(role) if !role.can_login => {
            plan.act(Action::EnsureRole, "its database role may not sign in");
        }
        Some(role) if role.connection_limit != desired.connections => {
            let (is, should) = (role.connection_limit, desired.connections);
            let reason = format!("its database role may hold {is} connections instead of {should}");
            plan.act(Action::EnsureRole, reason);
        }
        Some(_) => {}
    }
    let name = &desired.tenant.name;
    match database {
        Database::Missing | Database::HalfDropped => plan.ask(
            "its database is gone",
            format!(
                "put it back from a backup under the same name, and it comes up by itself; or remove the tenant with `berth tenant delete {name}`"
            ),
        ),
        Database::There(facts) => {
            if !facts.is_owned {
                plan.act(Action::HandBackDatabase, "its database belongs to somebody else");
            }
            if !facts.is_open {
                plan.act(Action::OpenDatabase, "its database takes no connections");
            }
        }
    }
}

fn conf(seen: &Observed, plan: &mut Plan) {
    // Writing makes folders, and where a disk is missing none must be made.
    if matches!(seen.files, Files::Missing | Files::OfAnother) {
        return;
    }
    match seen.conf {
        Conf::AsWritten | Conf::Unknown => {}
        Conf::Missing => plan.act(Action::WriteConf, "its odoo.conf is gone"),
        Conf::Altered => plan.act(Action::WriteConf, "its odoo.conf is not what Berth wrote"),
    }
}

fn network(desired: &Desired<'_>, seen: &Observed, plan: &mut Plan) {
    let object = desired.tenant.id.object_name();
    let Some(wanted) = desired.subnet else {
        let name = &desired.tenant.name;
        return plan.ask(
            "no network is reserved for it",
            format!("reserve one with `berth tenant stop {name}` and `berth tenant start {name}`"),
        );
    };
    match &seen.network {
        Network::Missing => plan.act(Action::MakeNetwork, "its network is gone"),
        Network::Foreign => plan.ask(
            format!("somebody else has a network called `{object}`"),
            format!("find out whose it is with `docker network inspect {object}` and remove it"),
        ),
        Network::There { subnet } if *subnet != wanted.to_string() => {
            let reason = format!("its network is {subnet} instead of {wanted}");
            plan.act(Action::ReplaceNetwork, reason);
        }
        Network::There { .. } => {}
    }
}

fn container(desired: &Desired<'_>, seen: &Observed, now: Timestamp, plan: &mut Plan) {
    let object = desired.tenant.id.object_name();
    let facts = match &seen.container {
        Container::Foreign => {
            return plan.ask(
                format!("somebody else has a container called `{object}`"),
                format!("find out whose it is with `docker inspect {object}` and remove it"),
            );
        }
        Container::Missing => return again(desired, now, "its container is gone", plan),
        Container::There(facts) => facts,
    };
    if facts.generation > desired.tenant.generation {
        let (there, known) = (facts.generation.0, desired.tenant.generation.0);
        return plan.ask(
            format!("its container is of generation {there}, and Berth knows only {known}"),
            format!("the control database is older than the container: put the newer one back, or remove the container with `docker rm -f {object}`"),
        );
    }
    if let Some(reason) = difference(desired, facts, plan) {
        return plan.act(Action::RunContainer, reason);
    }
    match facts.state {
        ContainerState::Running => {}
        ContainerState::Created => {
            plan.act(Action::RunContainer, "its container was made and never started");
        }
        ContainerState::Exited { out_of_memory: true, .. } => {
            again(desired, now, "Odoo was ended because it reached its memory limit", plan);
        }
        ContainerState::Exited { code, .. } => {
            again(desired, now, &format!("Odoo ended with code {code}"), plan);
        }
    }
}

/// What of a container has to be made anew. `None`: it is as it should be.
fn difference(desired: &Desired<'_>, facts: &ContainerFacts, plan: &Plan) -> Option<String> {
    let tenant = desired.tenant;
    if plan.has(Action::MakeNetwork) || plan.has(Action::ReplaceNetwork) {
        return Some("its container is on a network that is gone".to_owned());
    }
    if facts.image != tenant.image.digest {
        let (is, should) = (facts.image.short(), tenant.image.digest.short());
        return Some(format!("its container runs the image {is} instead of {should}"));
    }
    if facts.generation < tenant.generation {
        let (Generation(is), Generation(should)) = (facts.generation, tenant.generation);
        return Some(format!("its container is of generation {is} instead of {should}"));
    }
    if facts.limits != Some(tenant.limits) {
        return Some("the limits of its container were changed".to_owned());
    }
    if facts.state == ContainerState::Running && !facts.is_connected {
        return Some("its container is not on its network".to_owned());
    }
    None
}

/// Starts what ended, or waits when it ends too often.
fn again(desired: &Desired<'_>, now: Timestamp, found: &str, plan: &mut Plan) {
    let name = &desired.tenant.name;
    match desired.restarts.not_before(now) {
        None => plan.act(Action::RunContainer, found),
        Some(next) => {
            let count = match desired.restarts.in_a_row(now) {
                1 => "1 restart".to_owned(),
                count => format!("{count} restarts in a row"),
            };
            let shown = next.round(jiff::Unit::Second).unwrap_or(next);
            plan.wait_until = Some(next);
            plan.ask(
                format!("{found}, after {count}; the next one is not before {shown}"),
                format!("find out why with `berth tenant logs {name}`"),
            );
        }
    }
}

/// Visitors of what cannot run are told so; what runs is left to them.
fn give_up(seen: &Observed, plan: &mut Plan) {
    let has_database = match &seen.server {
        Server::Silent(_) => true,
        Server::Seen { database, .. } => matches!(database, Database::There(_)),
    };
    plan.actions.retain(|planned| match planned.action {
        Action::EnsureRole | Action::HandBackDatabase | Action::OpenDatabase => has_database,
        action => action == Action::WriteConf,
    });
    if seen.container.is_running() && has_database {
        return;
    }
    let is_told =
        seen.route.is_some_and(|route| route.goal == Some(RouteGoal::Failed) && route.is_right);
    if !is_told {
        plan.act(Action::SetRoute(RouteGoal::Failed), "visitors are told that it does not work");
    }
}
