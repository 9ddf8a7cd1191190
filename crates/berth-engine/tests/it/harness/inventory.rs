//! Everything that an installation has, and everything that it believes it has.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::operation::OperationState;
use berth_domain::{ObjectName, Tenant, TenantId};
use berth_edge::{Route, table_file};
use berth_engine::request::OperationFilter;
use berth_engine_testkit::{ACTOR, ORG};
use berth_postgres::{DatabaseInfo, RoleInfo};
use berth_runtime::{ObservedState, ObservedWorkload, Role};
use berth_store::blueprints::{self, Blueprint};
use berth_store::{subnets, tenants};

use super::site::Site;

/// One look at everything.
#[derive(Debug)]
pub(super) struct Inventory {
    pub(super) containers: Vec<ObservedWorkload>,
    pub(super) networks: BTreeSet<String>,
    pub(super) databases: BTreeMap<ObjectName, DatabaseInfo>,
    /// Copies that operations go back to, with whose they are.
    pub(super) copies: Vec<(ObjectName, ObjectName)>,
    pub(super) roles: BTreeMap<ObjectName, RoleInfo>,
    pub(super) folders: BTreeSet<ObjectName>,
    /// As they are served.
    pub(super) routes: Vec<Route>,
    /// As the next start would serve them first.
    pub(super) saved: Vec<Route>,
    pub(super) tenants: Vec<Tenant>,
    pub(super) blueprints: Vec<Blueprint>,
    pub(super) subnets: Vec<(u32, TenantId)>,
    /// Operations that are not at rest: id and state.
    pub(super) at_work: Vec<String>,
}

impl Inventory {
    pub(super) fn of(site: &Site) -> Self {
        let runtime = site.installation.runtime.runtime();
        let paths = &site.installation.settings.paths;
        let names = site.names();
        let saved = table_file::load(&paths.routes()).unwrap().unwrap_or_default();
        site.outside(async {
            let mut tx = site.store().read().await.unwrap();
            let (tenants, blueprints, subnets) = (
                tenants::all(&mut tx).await.unwrap(),
                blueprints::list(&mut tx).await.unwrap(),
                subnets::list(&mut tx).await.unwrap(),
            );
            drop(tx);
            assert!(tenants.unreadable.is_empty() && blueprints.unreadable.is_empty());
            let networks = runtime.networks.list().await.unwrap();
            let databases = site.server.databases().await.unwrap().into_iter();
            let copies = site.server.copies().await.unwrap().into_iter();
            let roles = site.server.roles().await.unwrap().into_iter();
            Self {
                containers: runtime.workloads.list().await.unwrap(),
                networks: networks.into_iter().map(|network| network.name).collect(),
                databases: databases
                    .filter(|found| names.contains(&found.name))
                    .map(|found| (found.name.clone(), found))
                    .collect(),
                copies: copies.filter(|(_, of)| names.contains(of)).collect(),
                roles: roles
                    .filter(|found| names.contains(&found.name))
                    .map(|found| (found.name.clone(), found))
                    .collect(),
                folders: paths.objects().unwrap().into_iter().collect(),
                routes: sorted(site.table().routes()),
                saved: sorted(saved.routes()),
                tenants: tenants.rows,
                blueprints: blueprints.rows,
                subnets: subnets.rows,
                at_work: Vec::new(),
            }
        })
        .with_operations(site)
    }

    fn with_operations(mut self, site: &Site) -> Self {
        for state in [OperationState::Queued, OperationState::Running, OperationState::Undoing] {
            let filter =
                OperationFilter { state: Some(state.to_string()), ..OperationFilter::default() };
            let found = site.with(async |engine| engine.operations(&ACTOR, ORG, &filter).await);
            self.at_work
                .extend(found.unwrap().operations.iter().map(|o| format!("{} {}", o.id, o.state)));
        }
        self
    }

    /// What there is under one name, in words that are the same for every tenant.
    pub(super) fn of_object(&self, object: &ObjectName) -> Vec<String> {
        let mut found = Vec::new();
        for container in self.containers.iter().filter(|c| c.name.contains(object.as_str())) {
            let what = container.name.replace(object.as_str(), "tenant");
            found.push(format!(
                "container {what} {}",
                if runs(container) { "runs" } else { "rests" }
            ));
        }
        found.extend(self.networks.contains(object.as_str()).then(|| "network".to_owned()));
        found.extend(self.databases.contains_key(object).then(|| "database".to_owned()));
        found.extend(self.roles.contains_key(object).then(|| "role".to_owned()));
        found.extend(self.folders.contains(object).then(|| "folder".to_owned()));
        let routes = self.routes.iter().filter(|route| route.database == *object);
        found.extend(routes.map(|route| format!("route {:?}", route.state)));
        let subnets = self.subnets.iter().filter(|(_, id)| id.object_name() == *object);
        found.extend(subnets.map(|_| "subnet".to_owned()));
        found
    }

    pub(super) fn named(&self, name: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.name.as_str() == name)
    }

    pub(super) fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id == id)
    }
}

pub(super) fn runs(container: &ObservedWorkload) -> bool {
    container.state == ObservedState::Running
}

pub(super) fn is_job(container: &ObservedWorkload) -> bool {
    container.role == Role::Job
}

fn sorted<'a>(routes: impl Iterator<Item = &'a Route>) -> Vec<Route> {
    let mut routes: Vec<Route> = routes.cloned().collect();
    routes.sort_by_key(|route| route.tenant);
    routes
}
