//! What Cargo knows about this workspace and everything it is built from.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::Tool;
use crate::workspace;

/// The workspace's crates, and every package that goes into a build of it.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) members: Vec<Package>,
    pub(crate) packages: Vec<Package>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev`, `build`, or nothing for what is linked.
    pub(crate) kind: Option<String>,
}

impl Dependency {
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

impl Graph {
    /// Reads the graph of the lock file, for every platform.
    pub(crate) fn read() -> Result<Self> {
        let metadata = Tool::new("cargo").args(["metadata", "--format-version", "1"]);
        let metadata = metadata.directory(workspace::root()).output()?;
        let metadata: Metadata =
            serde_json::from_slice(&metadata).context("understand `cargo metadata`")?;
        let Metadata { packages, workspace_members } = metadata;
        // The metadata also lists packages that only a disabled feature would pull in.
        let used = used()?;
        let is_used =
            |package: &Package| used.contains(&(package.name.clone(), package.version.clone()));
        let packages: Vec<Package> = packages.into_iter().filter(is_used).collect();
        let is_member = |package: &&Package| workspace_members.contains(&package.id);
        let members = packages.iter().filter(is_member).cloned().collect();
        Ok(Self { members, packages })
    }

    /// The names of all targets of `kind` in the workspace.
    pub(crate) fn targets(&self, kind: &str) -> BTreeSet<String> {
        let targets = self.members.iter().flat_map(|member| &member.targets);
        let of_kind = targets.filter(|target| target.kind.iter().any(|own| own == kind));
        of_kind.map(|target| target.name.clone()).collect()
    }
}

fn used() -> Result<BTreeSet<(String, String)>> {
    let tree =
        Tool::new("cargo").args(["tree", "--workspace", "--target", "all", "--edges", "all"]);
    let tree = tree.args(["--prefix", "none", "--format", "{p}"]);
    let text = tree.directory(workspace::root()).output()?;
    Ok(parse_tree(&String::from_utf8_lossy(&text)))
}

/// Reads lines like `serde v1.0.229 (proc-macro) (*)`.
fn parse_tree(text: &str) -> BTreeSet<(String, String)> {
    let pair = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?, words.next()?);
        Some((name.to_owned(), version.strip_prefix('v')?.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

/// A member of a made-up workspace: its name, and what it depends on in which way.
#[cfg(test)]
type Member<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);

#[cfg(test)]
impl Graph {
    /// A graph of workspace members only.
    pub(crate) fn of(members: &[Member<'_>]) -> Self {
        let package = |(name, dependencies): &Member<'_>| Package {
            id: (*name).to_owned(),
            name: (*name).to_owned(),
            version: "0.0.0".to_owned(),
            license: Some("Apache-2.0".to_owned()),
            dependencies: dependencies
                .iter()
                .map(|(name, kind)| Dependency {
                    name: (*name).to_owned(),
                    kind: kind.map(str::to_owned),
                })
                .collect(),
            targets: Vec::new(),
        };
        let members: Vec<Package> = members.iter().map(package).collect();
        Self { packages: members.clone(), members }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_as_names_and_versions() {
        let tree = "a v1.2.3 (/somewhere)\nb v0.1.0 (proc-macro) (*)\n\n[dev]\n";

        let pairs: Vec<_> = parse_tree(tree).into_iter().collect();

        assert_eq!(
            pairs,
            [("a".to_owned(), "1.2.3".to_owned()), ("b".to_owned(), "0.1.0".to_owned())]
        );
    }
}
