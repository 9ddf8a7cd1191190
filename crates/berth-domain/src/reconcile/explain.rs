//! What was observed, and what only a person can do, in words.

use super::{
    Conf, Container, ContainerFacts, ContainerState, Database, Files, Network, Observed,
    RouteFacts, RouteGoal, Server, Trouble,
};
use crate::{Tenant, TenantState};

impl Observed {
    /// Returns what is there, one fact for each thing that a tenant has. Its files are only looked at
    /// while it should be running.
    #[must_use]
    pub fn facts(&self, tenant: &Tenant) -> Vec<(&'static str, String)> {
        let mut facts =
            vec![("container", container(&self.container)), ("network", network(&self.network))];
        match &self.server {
            Server::Silent(why) => facts.push(("database", format!("unknown: {why}"))),
            Server::Seen { database: found, role } => {
                facts.push(("database", database(found)));
                facts.push((
                    "role",
                    match role {
                        None => "missing".to_owned(),
                        Some(role) if !role.can_login => "may not sign in".to_owned(),
                        Some(role) if role.connection_limit < 0 => "may sign in".to_owned(),
                        Some(role) => format!("may sign in, {} connections", role.connection_limit),
                    },
                ));
            }
        }
        if tenant.state.is_up() {
            facts.push(("filestore", files(self.files).to_owned()));
            facts.push(("odoo.conf", conf(self.conf).to_owned()));
        }
        facts.push(("route", route(self.route).to_owned()));
        facts
    }
}

/// What waits for a person and is nothing that could be observed. `None`: nothing does.
#[must_use]
pub fn waits_for_a_person(tenant: &Tenant) -> Option<Trouble> {
    let TenantState::Broken { failed, suspended, .. } = tenant.state else { return None };
    let name = &tenant.name;
    let way = if suspended { "resume" } else { "start" };
    Some(Trouble {
        reason: format!("{failed} failed and could not be undone"),
        hint: Some(format!(
            "see why with `berth operation show {failed}`, then `berth operation retry {failed}`, or `berth tenant {way} {name}`"
        )),
    })
}

fn container(container: &Container) -> String {
    let facts = match container {
        Container::Missing => return "missing".to_owned(),
        Container::Foreign => return "somebody else's".to_owned(),
        Container::There(facts) => facts,
    };
    let ContainerFacts { state, image, generation, is_connected, .. } = facts;
    let state = match state {
        ContainerState::Created => "never started".to_owned(),
        ContainerState::Running if *is_connected => "running".to_owned(),
        ContainerState::Running => "running, on no network".to_owned(),
        ContainerState::Exited { code, out_of_memory: true } => {
            format!("ended with code {code}, out of memory")
        }
        ContainerState::Exited { code, .. } => format!("ended with code {code}"),
    };
    format!("{state}, image {}, generation {}", image.short(), generation.0)
}

fn network(network: &Network) -> String {
    match network {
        Network::Missing => "missing".to_owned(),
        Network::Foreign => "somebody else's".to_owned(),
        Network::There { subnet } => subnet.clone(),
    }
}

fn database(database: &Database) -> String {
    match database {
        Database::Missing => "missing".to_owned(),
        Database::HalfDropped => "half dropped".to_owned(),
        Database::There(facts) => {
            let open = if facts.is_open { "open" } else { "closed" };
            let owned = if facts.is_owned { "" } else { ", belongs to somebody else" };
            format!("{open}{owned}")
        }
    }
}

const fn files(files: Files) -> &'static str {
    match files {
        Files::Missing => "missing",
        Files::Unmarked => "there, and nothing says whose",
        Files::OfAnother => "of another tenant",
        Files::Marked => "there",
    }
}

const fn conf(conf: Conf) -> &'static str {
    match conf {
        Conf::Missing => "missing",
        Conf::Altered => "not what Berth wrote",
        Conf::AsWritten => "as written",
        Conf::Unknown => "unknown",
    }
}

const fn route(route: Option<RouteFacts>) -> &'static str {
    match route {
        None => "none",
        Some(RouteFacts { is_right: false, .. }) => "leads elsewhere",
        Some(RouteFacts { goal, .. }) => match goal {
            None => "on its way",
            Some(RouteGoal::Open) => "open",
            Some(RouteGoal::Stopped) => "stopped",
            Some(RouteGoal::Suspended) => "suspended",
            Some(RouteGoal::Failed) => "failed",
        },
    }
}
