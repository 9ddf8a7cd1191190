//! The labels that say whose an object is.

use std::collections::HashMap;

use berth_domain::Generation;
use berth_runtime::{Labels, Role, WorkloadSpec};

pub(crate) const HOME: &str = "berth.home";
const ROLE: &str = "berth.role";
const TENANT: &str = "berth.tenant";
const OPERATION: &str = "berth.operation";
const GENERATION: &str = "berth.generation";
/// The fingerprint of the specification that a container was made from.
const SPEC: &str = "berth.spec";

type Written = HashMap<String, String>;

/// The labels of a network.
pub(crate) fn of_network(labels: Labels, home: &str) -> Written {
    let mut written = Written::from([(HOME.to_owned(), home.to_owned())]);
    if let Some(tenant) = labels.tenant {
        written.insert(TENANT.to_owned(), tenant.to_string());
    }
    if let Some(operation) = labels.operation {
        written.insert(OPERATION.to_owned(), operation.to_string());
    }
    written
}

/// The labels of a container.
pub(crate) fn of_workload(spec: &WorkloadSpec, home: &str, fingerprint: String) -> Written {
    let mut written = of_network(spec.labels, home);
    written.insert(ROLE.to_owned(), spec.role.as_str().to_owned());
    written.insert(GENERATION.to_owned(), spec.generation.0.to_string());
    written.insert(SPEC.to_owned(), fingerprint);
    written
}

/// Whether these are the labels of an object that this installation made.
pub(crate) fn are_ours(labels: Option<&Written>, home: &str) -> bool {
    labels.and_then(|labels| labels.get(HOME)).is_some_and(|owner| owner == home)
}

/// Reads whose an object is. Ids that this version of Berth cannot read count as absent.
pub(crate) fn read(labels: &Written) -> Labels {
    Labels {
        tenant: labels.get(TENANT).and_then(|text| text.parse().ok()),
        operation: labels.get(OPERATION).and_then(|text| text.parse().ok()),
    }
}

/// `None`: another version of Berth wrote something that this one does not know.
pub(crate) fn role(labels: &Written) -> Option<Role> {
    let text = labels.get(ROLE)?;
    [Role::Tenant, Role::Cluster, Role::Job].into_iter().find(|role| role.as_str() == text)
}

/// Zero, the lowest, when there is none.
pub(crate) fn generation(labels: &Written) -> Generation {
    let text = labels.get(GENERATION);
    Generation(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

pub(crate) fn fingerprint(labels: &Written) -> Option<&str> {
    labels.get(SPEC).map(String::as_str)
}

/// The filter that finds our own objects only.
pub(crate) fn filter(home: &str) -> (String, Vec<String>) {
    ("label".to_owned(), vec![format!("{HOME}={home}")])
}
