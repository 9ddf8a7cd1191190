//! Whether an image has the modules that somebody asks for, before an installation is started.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::ModuleName;

use crate::probe::Module;

/// A module that cannot be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What was asked for.
    pub requested: String,
    pub why: Why,
}

/// Why it cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The image does not have it. `near`: names that look alike, the nearest first.
    Unknown { near: Vec<String> },
    /// Its manifest says `installable: False`, or cannot be read.
    NotInstallable,
    /// Something it needs, directly or not, is unknown or not installable.
    Needs { dependency: String },
}

impl Missing {
    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> String {
        let name = &self.requested;
        match &self.why {
            Why::Unknown { .. } => format!("the image has no module `{name}`"),
            Why::NotInstallable => format!("the module `{name}` is marked as not installable"),
            Why::Needs { dependency } => {
                format!("the module `{name}` needs `{dependency}`, which the image cannot install")
            }
        }
    }

    /// What to do about it. `None` when nothing looks alike.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &self.why {
            Why::Unknown { near } if !near.is_empty() => {
                Some(format!("did you mean `{}`?", near.join("` or `")))
            }
            _ => None,
        }
    }
}

/// Returns what cannot be installed, in the order in which it was asked for.
#[must_use]
pub fn missing_modules(
    requested: &[ModuleName],
    available: &BTreeMap<String, Module>,
) -> Vec<Missing> {
    let why = |name: &str| match available.get(name) {
        None => Some(Why::Unknown { near: near_matches(name, available) }),
        Some(module) if !module.installable => Some(Why::NotInstallable),
        Some(_) => first_unmet(name, available).map(|dependency| Why::Needs { dependency }),
    };
    requested
        .iter()
        .filter_map(|name| {
            let requested = name.as_str().to_owned();
            why(name.as_str()).map(|why| Missing { requested, why })
        })
        .collect()
}

/// Walks the dependencies, each once: manifests may be circular.
fn first_unmet(name: &str, available: &BTreeMap<String, Module>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![name];
    while let Some(current) = open.pop() {
        match available.get(current) {
            Some(module) if module.installable => {
                let new =
                    module.depends.iter().map(String::as_str).filter(|next| seen.insert(*next));
                open.extend(new);
            }
            _ => return Some(current.to_owned()),
        }
    }
    None
}

const NEAR: usize = 3;

fn near_matches(name: &str, available: &BTreeMap<String, Module>) -> Vec<String> {
    // A third of the letters may be wrong, at least two.
    let limit = (name.len() / 3).max(2);
    let name = name.to_ascii_lowercase();
    let mut near: Vec<(usize, &String)> = available
        .iter()
        .filter(|(_, module)| module.installable)
        .map(|(known, _)| (distance(&name, known), known))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort();
    near.into_iter().take(NEAR).map(|(_, known)| known.clone()).collect()
}

/// Levenshtein's distance: insertions, deletions and replacements.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut previous: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, known) in other.iter().enumerate() {
            let replaced = previous[column] + usize::from(letter != *known);
            let moved = previous[column + 1].min(current[column]) + 1;
            current.push(replaced.min(moved));
        }
        previous = current;
    }
    previous[other.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn image() -> BTreeMap<String, Module> {
        let module = |installable, depends: &[&str]| Module {
            installable,
            depends: depends.iter().map(|&name| name.to_owned()).collect(),
            ..Module::default()
        };
        [
            ("base", module(true, &[])),
            ("crm", module(true, &["base"])),
            ("sale", module(true, &["base", "sale_management"])),
            ("sale_management", module(true, &["sale"])),
            ("old", module(false, &[])),
            ("needs_old", module(true, &["crm", "old"])),
            ("needs_gone", module(true, &["gone"])),
        ]
        .map(|(name, module)| (name.to_owned(), module))
        .into()
    }

    fn messages(requested: &[&str]) -> Vec<(String, Option<String>)> {
        let requested: Vec<ModuleName> =
            requested.iter().map(|name| name.parse().unwrap()).collect();
        missing_modules(&requested, &image())
            .into_iter()
            .map(|missing| (missing.message(), missing.hint()))
            .collect()
    }

    #[test]
    fn everything_that_can_be_installed_is_taken_circles_included() {
        assert_eq!(messages(&["crm", "sale", "sale_management"]), []);
    }

    #[test]
    fn a_typing_error_gets_a_suggestion() {
        assert_eq!(
            messages(&["sale_managment", "xyzzy"]),
            [
                (
                    "the image has no module `sale_managment`".into(),
                    Some("did you mean `sale_management`?".into())
                ),
                ("the image has no module `xyzzy`".into(), None),
            ]
        );
    }

    #[test]
    fn what_is_not_installable_is_said_for_dependencies_too() {
        assert_eq!(
            messages(&["old", "needs_old", "needs_gone"])
                .into_iter()
                .map(|m| m.0)
                .collect::<Vec<_>>(),
            [
                "the module `old` is marked as not installable",
                "the module `needs_old` needs `old`, which the image cannot install",
                "the module `needs_gone` needs `gone`, which the image cannot install",
            ]
        );
    }

    proptest! {
        #[test]
        fn the_distance_is_a_distance(a in "[a-c_]{0,8}", b in "[a-c_]{0,8}", c in "[a-c_]{0,8}") {
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }
}
