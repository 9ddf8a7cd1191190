//! Everything that an installation has, counted without asking it.

use std::collections::BTreeSet;

use berth_domain::ObjectName;
use serde_json::Value;

use super::Home;

/// What there is, by name: in the engine (containers, networks, their address ranges), in PostgreSQL
/// (databases, roles: every role may read both catalogues), and on disk (folders, routes, files that were
/// sent in).
///
/// Two of them are compared: what an operation promises to take back must not stand in the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    pub containers: BTreeSet<String>,
    pub networks: BTreeSet<String>,
    pub subnets: BTreeSet<String>,
    pub databases: BTreeSet<String>,
    pub roles: BTreeSet<String>,
    pub folders: BTreeSet<String>,
    pub routes: BTreeSet<String>,
    pub uploads: BTreeSet<String>,
}

impl Inventory {
    /// Counts. The witness is a running tenant, as which PostgreSQL is asked.
    pub async fn of(home: &Home, witness: &ObjectName) -> Self {
        let containers = home.engine().containers(home.id()).await;
        let networks = home.engine().networks(home.id()).await;
        let databases = home.sql(witness, "SELECT datname FROM pg_database").await;
        let roles = home.sql(witness, "SELECT rolname FROM pg_roles").await;
        Self {
            containers: names(&containers, |container| &container["Names"][0]),
            networks: names(&networks, |network| &network["Name"]),
            subnets: names(&networks, |network| &network["IPAM"]["Config"][0]["Subnet"]),
            databases: databases.into_iter().collect(),
            roles: roles.into_iter().collect(),
            folders: ["tenants", "blueprints", "clusters"]
                .iter()
                .flat_map(|kind| folders(home, kind))
                .collect(),
            routes: routes(home),
            uploads: folders(home, "uploads").into_iter().collect(),
        }
    }

    /// What of this carries the name of one object: `container t_…`, `database t_…`, and so on.
    #[must_use]
    pub fn mentioning(&self, object: &ObjectName) -> Vec<String> {
        let kinds = [
            ("container", &self.containers),
            ("network", &self.networks),
            ("database", &self.databases),
            ("role", &self.roles),
            ("folder", &self.folders),
            ("route", &self.routes),
        ];
        let of_object = |name: &&String| name.contains(object.as_str());
        let found = kinds.iter().flat_map(|(kind, names)| {
            names.iter().filter(of_object).map(move |name| format!("{kind} {name}"))
        });
        found.collect()
    }
}

fn names(objects: &[Value], name: fn(&Value) -> &Value) -> BTreeSet<String> {
    let text = |object| name(object).as_str().unwrap_or("?").trim_start_matches('/').to_owned();
    objects.iter().map(text).collect()
}

fn folders(home: &Home, kind: &str) -> Vec<String> {
    let entries = std::fs::read_dir(home.path().join(kind)).into_iter().flatten().flatten();
    let names = entries.map(|entry| format!("{kind}/{}", entry.file_name().to_string_lossy()));
    names.collect()
}

/// `host database` for each route that would be served from the first moment of a start.
fn routes(home: &Home) -> BTreeSet<String> {
    let text = std::fs::read(home.path().join("routes.json")).unwrap_or_default();
    let table: Value = serde_json::from_slice(&text).unwrap_or_default();
    let rows = table["routes"].as_array().cloned().unwrap_or_default();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("?").to_owned();
    rows.iter().map(|row| format!("{} {}", text(row, "host"), text(row, "database"))).collect()
}
