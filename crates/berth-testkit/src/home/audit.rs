//! Whether everything belongs to somebody, and everybody has what is theirs.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::{ObjectName, TenantId};
use serde_json::Value;

use super::{Home, Inventory};

/// What a tenant says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Claim {
    name: String,
    state: String,
}

impl Home {
    /// Everything that is there and belongs to nobody, and everything that a tenant says it has and has
    /// not. Meant for when every operation is at rest. PostgreSQL is asked as a running tenant.
    ///
    /// # Panics
    ///
    /// When Berth, the engine or PostgreSQL do not answer.
    pub async fn audit(&self, witness: &ObjectName) -> Vec<String> {
        let listed = self.get("tenants?limit=1000").await;
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let claims = listed["items"].as_array().into_iter().flatten().map(|row| {
            let id: TenantId = text(row, "id").parse().expect("a tenant's id");
            let claim = Claim { name: text(row, "name"), state: text(row, "state") };
            (id.object_name().to_string(), claim)
        });
        let claims = claims.collect();
        let inventory = Inventory::of(self, witness).await;
        let running = self.running().await;
        let mut problems = orphans(&inventory, &claims);
        problems.extend(ghosts(&inventory, &claims, &running));
        let listed = self.uploads().await;
        let listed =
            listed.iter().map(|upload| format!("uploads/{}", text(upload, "id"))).collect();
        problems.extend(strays(&inventory, &listed));
        problems
    }

    /// The names of its containers that run. Each is looked at: on a full disk Docker's list went on to
    /// say what a container was before, while the container itself said what it is.
    async fn running(&self) -> BTreeSet<String> {
        let mut running = BTreeSet::new();
        for container in self.engine().containers(self.id()).await {
            let name = container["Names"][0].as_str().unwrap_or_default().trim_start_matches('/');
            let found = self.engine().container(name).await;
            if found.is_some_and(|found| found["State"]["Running"] == true) {
                running.insert(name.to_owned());
            }
        }
        running
    }
}

/// What no tenant has, and what is only there while an operation is at work.
fn orphans(inventory: &Inventory, claims: &BTreeMap<String, Claim>) -> Vec<String> {
    let kinds = [
        ("container", &inventory.containers),
        ("network", &inventory.networks),
        ("database", &inventory.databases),
        ("role", &inventory.roles),
        ("folder", &inventory.folders),
        ("route", &inventory.routes),
    ];
    let mut found = Vec::new();
    for (kind, names) in kinds {
        for name in names {
            let is_job = kind == "container"
                && (name.starts_with("probe-")
                    || ["-install", "-visit", "-neutralize", "-tools"]
                        .iter()
                        .any(|job| name.ends_with(job)));
            let is_nobodys = object_in(name).is_some_and(|object| !claims.contains_key(object));
            if is_job || is_nobodys {
                found.push(format!("orphan: {kind} {name}"));
            }
        }
    }
    found
}

/// What tenants lack.
fn ghosts(
    inventory: &Inventory,
    claims: &BTreeMap<String, Claim>,
    running: &BTreeSet<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (object, Claim { name, state }) in claims {
        let mut lacks =
            |what: &str| found.push(format!("ghost: {name} ({object}) is {state} without {what}"));
        let is_away = matches!(state.as_str(), "archived" | "deleted");
        if !is_away && !matches!(state.as_str(), "running" | "stopped" | "suspended") {
            lacks("being at rest");
            continue;
        }
        let has = |names: &BTreeSet<String>, end: &str| names.iter().any(|n| n.ends_with(end));
        if !inventory.databases.contains(object) {
            lacks("a database");
        }
        if !inventory.roles.contains(object) {
            lacks("a role");
        }
        if !has(&inventory.folders, &format!("/{object}")) {
            lacks("a folder");
        }
        if !is_away && !has(&inventory.routes, object) {
            lacks("a route");
        }
        if is_away && has(&inventory.routes, object) {
            lacks("its host being unknown");
        }
        if is_away && inventory.networks.contains(object) {
            lacks("its network being gone");
        }
        if is_away && inventory.containers.contains(object) {
            lacks("its container being gone");
        }
        if state == "running" && !running.contains(object) {
            lacks("a running container");
        }
        if state == "running" && !inventory.networks.contains(object) {
            lacks("a network");
        }
        if matches!(state.as_str(), "stopped" | "suspended") && running.contains(object) {
            lacks("its container being stopped");
        }
    }
    found
}

/// Files that were sent in and of which nobody knows, and the other way round.
fn strays(inventory: &Inventory, listed: &BTreeSet<String>) -> Vec<String> {
    let orphans = inventory.uploads.difference(listed).map(|name| format!("orphan: upload {name}"));
    let ghosts = listed.difference(&inventory.uploads);
    orphans.chain(ghosts.map(|name| format!("ghost: upload {name} has no content"))).collect()
}

/// The object name of a tenant within another name: `t_` and ten hexadecimal digits.
fn object_in(name: &str) -> Option<&str> {
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.match_indices("t_").find_map(|(at, _)| {
        let object = name.get(at..at + 12)?;
        let is_word = at == 0 || !name.as_bytes()[at - 1].is_ascii_alphanumeric();
        (is_word && is_hexadecimal(&object[2..])).then_some(object)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = "t_0123456789";

    fn whole() -> Inventory {
        let one = |name: String| BTreeSet::from([name]);
        Inventory {
            containers: one(OBJECT.to_owned()),
            networks: one(OBJECT.to_owned()),
            subnets: BTreeSet::new(),
            databases: one(OBJECT.to_owned()),
            roles: one(OBJECT.to_owned()),
            folders: one(format!("tenants/{OBJECT}")),
            routes: one(format!("a.localhost {OBJECT}")),
            uploads: BTreeSet::new(),
        }
    }

    fn claims(state: &str) -> BTreeMap<String, Claim> {
        let claim = Claim { name: "a".to_owned(), state: state.to_owned() };
        BTreeMap::from([(OBJECT.to_owned(), claim)])
    }

    fn running() -> BTreeSet<String> {
        BTreeSet::from([OBJECT.to_owned()])
    }

    #[test]
    fn a_whole_tenant_is_neither() {
        assert_eq!(orphans(&whole(), &claims("running")), Vec::<String>::new());
        assert_eq!(ghosts(&whole(), &claims("running"), &running()), Vec::<String>::new());
    }

    #[test]
    fn what_no_tenant_has_is_an_orphan() {
        let found = orphans(&whole(), &BTreeMap::new());

        assert_eq!(found.len(), 6, "{found:?}");
        assert_eq!(found[0], "orphan: container t_0123456789");
    }

    #[test]
    fn a_container_of_an_operation_is_an_orphan_when_all_are_at_rest() {
        let mut inventory = whole();
        inventory.containers.insert("b_0123456789-install".to_owned());

        assert_eq!(orphans(&inventory, &claims("running")).len(), 1);
    }

    #[test]
    fn a_tenant_without_what_it_says_it_has_is_a_ghost() {
        assert_eq!(ghosts(&whole(), &claims("running"), &BTreeSet::new()).len(), 1);
        assert_eq!(ghosts(&whole(), &claims("stopped"), &running()).len(), 1);
        assert_eq!(ghosts(&whole(), &claims("broken"), &running()).len(), 1);
        assert_eq!(ghosts(&whole(), &claims("suspended"), &running()).len(), 1);
        assert_eq!(ghosts(&whole(), &claims("archived"), &running()).len(), 3);
        let empty = Inventory { databases: BTreeSet::new(), ..whole() };
        assert_eq!(
            ghosts(&empty, &claims("running"), &running()),
            ["ghost: a (t_0123456789) is running without a database"]
        );
    }

    #[test]
    fn an_upload_is_both_listed_and_there() {
        let one = |name: &str| BTreeSet::from([name.to_owned()]);
        let inventory = Inventory { uploads: one("uploads/upl_1"), ..whole() };

        assert_eq!(strays(&inventory, &one("uploads/upl_1")), Vec::<String>::new());
        assert_eq!(strays(&inventory, &BTreeSet::new()), ["orphan: upload uploads/upl_1"]);
        assert_eq!(
            strays(&whole(), &one("uploads/upl_1")),
            ["ghost: upload uploads/upl_1 has no content"]
        );
    }

    #[test]
    fn object_names_are_found_in_other_names() {
        assert_eq!(object_in("tenants/t_0123456789"), Some(OBJECT));
        assert_eq!(object_in("t_0123456789-install"), Some(OBJECT));
        assert_eq!(object_in("pg_default_role"), None);
        assert_eq!(object_in("postgres"), None);
    }
}
