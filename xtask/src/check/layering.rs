//! Which of our crates may know which.
//!
//! # Invariants
//!
//! * The table is complete: a new crate is a problem until it stands here.
//! * Tests may additionally use the testkits, and the adapter of a live engine
//!   where only a real one proves anything.

use super::graph::{Graph, Package};

/// Each crate and those of ours that it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("berth-domain", &[]),
    ("berth-api", &[]),
    ("berth-config", &["berth-domain"]),
    ("berth-runtime", &["berth-domain"]),
    ("berth-store", &["berth-domain"]),
    ("berth-odoo", &["berth-domain"]),
    ("berth-edge", &["berth-domain"]),
    ("berth-outbound", &["berth-domain"]),
    ("berth-identity", &["berth-domain", "berth-outbound"]),
    ("berth-files", &["berth-api", "berth-config", "berth-domain"]),
    ("berth-bench", &["berth-domain", "berth-edge", "berth-store"]),
    ("berth-testkit", &["berth-domain"]),
    ("berth-postgres", &["berth-domain", "berth-runtime"]),
    ("berth-runtime-docker", &["berth-domain", "berth-runtime"]),
    (
        "berth-engine",
        &[
            "berth-domain",
            "berth-edge",
            "berth-identity",
            "berth-odoo",
            "berth-postgres",
            "berth-runtime",
            "berth-store",
        ],
    ),
    (
        "berth-engine-testkit",
        &[
            "berth-domain",
            "berth-edge",
            "berth-engine",
            "berth-odoo",
            "berth-postgres",
            "berth-runtime",
            "berth-store",
            "berth-testkit",
        ],
    ),
    ("berth-notify", &["berth-domain", "berth-engine", "berth-outbound"]),
    (
        "berth-web",
        &["berth-api", "berth-domain", "berth-engine", "berth-identity", "berth-runtime"],
    ),
    (
        "berth",
        &[
            "berth-api",
            "berth-config",
            "berth-domain",
            "berth-edge",
            "berth-engine",
            "berth-files",
            "berth-identity",
            "berth-notify",
            "berth-odoo",
            "berth-outbound",
            "berth-postgres",
            "berth-runtime",
            "berth-runtime-docker",
            "berth-store",
            "berth-web",
        ],
    ),
    // Asks every reader of foreign input; nobody depends on it.
    (
        "berth-trials",
        &[
            "berth-config",
            "berth-domain",
            "berth-edge",
            "berth-engine",
            "berth-files",
            "berth-identity",
            "berth-odoo",
            "berth-outbound",
            "berth-postgres",
            "berth-web",
        ],
    ),
    ("xtask", &[]),
];

const IN_TESTS: &[&str] = &["berth-testkit", "berth-engine-testkit", "berth-runtime-docker"];

/// Every edge that the table does not have.
pub(crate) fn problems(graph: &Graph) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &graph.members {
        match ALLOWED.iter().find(|(name, _)| *name == member.name) {
            Some((_, allowed)) => problems.extend(edges(graph, member, allowed)),
            None => problems.push(format!(
                "{} is missing from the layering table: add it in xtask/src/check/layering.rs",
                member.name
            )),
        }
    }
    problems
}

fn edges(graph: &Graph, member: &Package, allowed: &[&str]) -> Vec<String> {
    let is_ours = |name: &str| graph.members.iter().any(|other| other.name == name);
    let ours = member.dependencies.iter().filter(|dependency| is_ours(&dependency.name));
    let is_allowed = |name: &str, is_dev: bool| {
        allowed.contains(&name) || (is_dev && (IN_TESTS.contains(&name) || name == member.name))
    };
    let forbidden = ours.filter(|edge| !is_allowed(&edge.name, edge.is_dev()));
    forbidden
        .map(|edge| {
            let (from, to) = (&member.name, &edge.name);
            let how = if edge.is_dev() { "in its tests" } else { "at all" };
            format!("{from} must not know {to} {how}: see the table in xtask/src/check/layering.rs")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_against_the_layers_is_a_problem() {
        let graph = Graph::of(&[
            ("berth-store", &[("berth-domain", None), ("berth-engine", None)]),
            ("berth-domain", &[]),
            ("berth-engine", &[("berth-store", None)]),
        ]);

        let problems = problems(&graph);

        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("berth-store must not know berth-engine at all"));
    }

    #[test]
    fn the_testkits_are_for_tests_only() {
        let graph = Graph::of(&[
            ("berth-store", &[("berth-testkit", Some("dev"))]),
            ("berth-web", &[("berth-testkit", None)]),
            ("berth", &[("berth-engine-testkit", None)]),
            ("berth-testkit", &[]),
            ("berth-engine-testkit", &[("berth-testkit", None)]),
        ]);

        let problems = problems(&graph);

        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].starts_with("berth-web must not know berth-testkit"));
        assert!(problems[1].starts_with("berth must not know berth-engine-testkit"));
    }

    #[test]
    fn a_crate_without_a_place_is_a_problem() {
        let problems = problems(&Graph::of(&[("berth-surprise", &[])]));

        assert!(problems[0].starts_with("berth-surprise is missing"), "{problems:?}");
    }

    #[test]
    fn no_two_crates_know_each_other() {
        for (name, allowed) in ALLOWED {
            for dependency in *allowed {
                let (_, back) = ALLOWED.iter().find(|(other, _)| other == dependency).unwrap();
                assert!(!back.contains(name), "{name} and {dependency} know each other");
            }
        }
    }
}
