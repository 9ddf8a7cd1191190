//! Packages that may be used in few places, or nowhere.

use super::graph::Graph;

/// Packages that only the named crates of ours may depend on.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("anyhow", &["berth", "xtask"]),
    ("argon2", &["berth-identity"]),
    ("axum", &["berth-web"]),
    ("bollard", &["berth-runtime-docker"]),
    // As an oracle of tests; what ships has an evaluator of its own.
    ("croner", &["berth-domain"]),
    ("lettre", &["berth-notify"]),
    ("openidconnect", &["berth-identity"]),
    ("rustls", &["berth", "berth-outbound", "berth-web"]),
    ("rustls-native-certs", &["berth", "berth-outbound"]),
    ("tokio-rustls", &["berth", "berth-outbound", "berth-web"]),
    ("totp-rs", &["berth-identity"]),
    ("sqlx", &["berth-store", "berth-postgres", "berth-testkit"]),
    // Needed by others of what we use; our own code has `std::sync::LazyLock`.
    ("lazy_static", &[]),
];

/// Packages that must not be anywhere in a build, and why.
const NOWHERE: &[(&str, &str)] = &[
    ("native-tls", "TLS is rustls"),
    ("openssl-sys", "TLS is rustls, and one static binary cannot carry OpenSSL"),
    ("ring", "aws-lc-rs is the one provider of cryptography"),
    ("serde_yaml", "it is unmaintained"),
    ("serde_yml", "it is unsound"),
];

/// Every use of a banned package.
pub(crate) fn problems(graph: &Graph) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &graph.members {
        for dependency in &member.dependencies {
            let rule = ONLY_IN.iter().find(|(name, _)| *name == dependency.name);
            let Some((name, allowed)) = rule else { continue };
            // Tests may be written with anyhow: nobody branches on their errors.
            let is_excused = *name == "anyhow" && dependency.is_dev();
            if !allowed.contains(&member.name.as_str()) && !is_excused {
                let places = if allowed.is_empty() { "none of ours" } else { &allowed.join(", ") };
                problems.push(format!("{} uses {name}, which belongs in {places}", member.name));
            }
        }
    }
    for package in &graph.packages {
        if let Some((name, why)) = NOWHERE.iter().find(|(name, _)| *name == package.name) {
            problems.push(format!(
                "{name} {} is in the build: {why}; `cargo tree --target all -i {name}` says why",
                package.version
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_outside_its_place_is_a_problem() {
        let graph = Graph::of(&[
            ("berth-store", &[("sqlx", None), ("anyhow", Some("dev"))]),
            ("berth-web", &[("sqlx", None)]),
            ("berth-engine", &[("lazy_static", None)]),
        ]);

        assert_eq!(
            problems(&graph),
            [
                "berth-web uses sqlx, which belongs in berth-store, berth-postgres, berth-testkit",
                "berth-engine uses lazy_static, which belongs in none of ours",
            ]
        );
    }

    #[test]
    fn a_package_that_must_not_be_there_at_all_is_a_problem() {
        let problems = problems(&Graph::of(&[("ring", &[])]));

        assert!(problems[0].starts_with("ring 0.0.0 is in the build"), "{problems:?}");
    }
}
