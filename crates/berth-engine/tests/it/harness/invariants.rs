//! What must be true whenever nothing is at work.
//!
//! * No orphan: whatever is there belongs to a row.
//! * No ghost: what a row says is there, complete.
//! * Nothing is at work, and no tenant waits for an operation that is over.
//! * No copy of a database is left but one that a stuck operation may go back to.
//! * Nothing is there twice, and nobody writes beside a tenant's own container.

use berth_domain::{ObjectName, Tenant, TenantState};
use berth_edge::RouteState;
use berth_engine::request::OperationFilter;
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::blueprints::BlueprintState;

use super::inventory::{Inventory, is_job, runs};
use super::site::Site;
use super::standing::{Belongings, Has, belongings};

/// Everything that is wrong, in sentences.
pub(super) fn violations(site: &Site) -> Vec<String> {
    let found = Inventory::of(site);
    let mut wrong = orphans(&found);
    for tenant in &found.tenants {
        wrong.extend(ghosts(&found, tenant));
        wrong.extend(abandoned(site, tenant));
    }
    wrong.extend(blueprints(&found));
    wrong.extend(found.at_work.iter().map(|operation| format!("still at work: {operation}")));
    if found.routes != found.saved {
        wrong.push(format!("served {:?}, saved {:?}", states(&found.routes), states(&found.saved)));
    }
    wrong
}

fn states(routes: &[berth_edge::Route]) -> Vec<(String, RouteState)> {
    routes.iter().map(|route| (route.name.to_string(), route.state)).collect()
}

/// What is there and belongs to nobody.
fn orphans(found: &Inventory) -> Vec<String> {
    let owners: Vec<ObjectName> = found
        .tenants
        .iter()
        .map(|tenant| tenant.id.object_name())
        .chain(found.blueprints.iter().map(|blueprint| blueprint.id.object_name()))
        .collect();
    let is_owned = |name: &str| owners.iter().any(|owner| owner.as_str() == name);
    let mut wrong = Vec::new();
    for container in &found.containers {
        if is_job(container) {
            wrong.push(format!("container {}: nobody waits for this job", container.name));
        } else if !is_owned(&container.name) {
            wrong.push(format!("container {}: an orphan", container.name));
        }
    }
    let named = [
        ("network", found.networks.iter().map(String::as_str).collect::<Vec<_>>()),
        ("database", found.databases.keys().map(ObjectName::as_str).collect()),
        ("role", found.roles.keys().map(ObjectName::as_str).collect()),
        ("folder", found.folders.iter().map(ObjectName::as_str).collect()),
        ("route", found.routes.iter().map(|route| route.database.as_str()).collect()),
    ];
    for (kind, names) in named {
        let orphans = names.into_iter().filter(|name| !is_owned(name));
        wrong.extend(orphans.map(|name| format!("{kind} {name}: an orphan")));
    }
    for (copy, of) in &found.copies {
        let tenant = found.tenants.iter().find(|tenant| tenant.id.object_name() == *of);
        let is_waited_for = tenant.is_some_and(|tenant| {
            tenant.state.operation().is_some() || matches!(tenant.state, TenantState::Broken { .. })
        });
        if !is_waited_for {
            wrong.push(format!("copy {copy} of {of}: nobody goes back to it"));
        }
    }
    for (number, id) in &found.subnets {
        if !found.tenants.iter().any(|tenant| tenant.id == *id) {
            wrong.push(format!("subnet {number} of {id}: an orphan"));
        }
    }
    wrong
}

/// What a tenant says it has and has not, or has and should not.
fn ghosts(found: &Inventory, tenant: &Tenant) -> Vec<String> {
    let object = tenant.id.object_name();
    let Belongings { container, runs: running, network, database, role, connects, folder, open } =
        belongings(&tenant.state);
    let there = found.containers.iter().find(|seen| seen.name == object.as_str());
    let is_whole =
        found.databases.get(&object).is_some_and(berth_postgres::DatabaseInfo::is_complete);
    let lets_in = found.databases.get(&object).is_some_and(|found| found.allows_connections);
    let may_sign_in = found.roles.get(&object).is_some_and(|role| role.can_login);
    let route = found.routes.iter().find(|route| route.tenant == tenant.id);
    let is_open = route.is_some_and(|route| route.state == RouteState::Open);
    let facts = [
        ("its container", container, there.is_some()),
        ("a running container", running, there.is_some_and(runs)),
        ("its network", network, found.networks.contains(object.as_str())),
        ("its whole database", database, is_whole),
        ("a role that may sign in", role, may_sign_in),
        ("an open database", connects, lets_in),
        ("its folder", folder, found.folders.contains(&object)),
        ("an open route", open, is_open),
    ];
    let mut wrong = Vec::new();
    let mut say = |text: String| {
        wrong.push(format!("{} ({object}, {}): {text}", tenant.name, tenant.state));
    };
    for (what, expected, is_there) in facts {
        match (expected, is_there) {
            (Has::Must, false) => say(format!("lacks {what}")),
            (Has::MustNot, true) => say(format!("has {what}")),
            _ => {}
        }
    }
    if let Some(there) = there.filter(|there| runs(there))
        && there.limits != Some(tenant.limits)
    {
        say(format!("has the limits {:?}, not {:?}", there.limits, tenant.limits));
    }
    wrong
}

/// A tenant that an operation has, although that is at rest and asks nobody.
fn abandoned(site: &Site, tenant: &Tenant) -> Option<String> {
    let operation = tenant.state.operation()?;
    let id = operation.to_string();
    let view = site.with(async |engine| engine.operation(&ACTOR, ORG, &id).await).ok()?;
    let is_stuck = view.state == berth_domain::operation::OperationState::Stuck;
    let is_waiting = is_stuck || !view.state.is_at_rest();
    (!is_waiting)
        .then(|| format!("{} is {} by {id}, which is {}", tenant.name, tenant.state, view.state))
}

fn blueprints(found: &Inventory) -> Vec<String> {
    let mut wrong = Vec::new();
    for blueprint in &found.blueprints {
        let object = blueprint.id.object_name();
        let is_whole = found.databases.get(&object).is_some_and(|database| {
            database.is_complete() && database.is_template && !database.allows_connections
        });
        let is_there = is_whole && found.folders.contains(&object);
        if blueprint.state == BlueprintState::Ready && !is_there {
            wrong.push(format!("blueprint {object} says it is ready and is not"));
        }
    }
    let mut keys: Vec<String> =
        found.blueprints.iter().map(|blueprint| format!("{:?}", blueprint.key)).collect();
    keys.sort();
    keys.dedup();
    if keys.len() < found.blueprints.len() {
        wrong.push(format!("{} blueprints for {} keys", found.blueprints.len(), keys.len()));
    }
    wrong
}

/// Operations that ask for a person.
pub(super) fn stuck(site: &Site) -> Vec<String> {
    let filter = OperationFilter { state: Some("stuck".to_owned()), ..OperationFilter::default() };
    let found = site.with(async |engine| engine.operations(&ACTOR, ORG, &filter).await);
    found.unwrap().operations.into_iter().map(|operation| operation.id.to_string()).collect()
}
