//! What engines that speak the Docker API do differently.

use berth_runtime::{RuntimeError, WorkloadEventKind};
use bollard::models::{SystemInfo, SystemVersion};

/// The oldest Engine API that has everything used here (`one-shot` statistics, private cgroup
/// namespaces; Docker Engine API 1.41, "v1.41 API changes").
const OLDEST_API: (u32, u32) = (1, 41);

/// Which engine it is, and what it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) product: Product,
    /// Whether the engine can put its own init process in front of ours, so that somebody reaps
    /// zombies.
    pub(crate) has_init: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Docker,
    Podman,
}

impl Product {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
        }
    }
}

impl Dialect {
    /// Finds out what the engine is from what it says of itself.
    pub(crate) fn detect(version: &SystemVersion, info: &SystemInfo) -> Result<Self, RuntimeError> {
        let spoken = version.api_version.as_deref().unwrap_or_default();
        if api_version(spoken).is_none_or(|version| version < OLDEST_API) {
            let (major, minor) = OLDEST_API;
            let message = format!(
                "it speaks Engine API `{spoken}` and Berth needs {major}.{minor} or newer: \
                 install Docker 20.10 or newer"
            );
            return Err(RuntimeError::Refused { action: "serve Berth", message });
        }
        Ok(Self { product: product(version), has_init: has_init(info) })
    }

    /// `None`: nothing that Berth looks for.
    pub(crate) fn event(self, action: &str) -> Option<WorkloadEventKind> {
        match (self.product, action) {
            (_, "start") => Some(WorkloadEventKind::Started),
            (Product::Docker, "die") | (Product::Podman, "died") => {
                Some(WorkloadEventKind::Stopped)
            }
            (Product::Docker, "destroy") | (Product::Podman, "remove") => {
                Some(WorkloadEventKind::Removed)
            }
            (_, "oom") => Some(WorkloadEventKind::OutOfMemory),
            _ => None,
        }
    }
}

fn api_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn product(version: &SystemVersion) -> Product {
    let components = version.components.iter().flatten();
    let is_podman = components.into_iter().any(|component| component.name == "Podman Engine");
    if is_podman { Product::Podman } else { Product::Docker }
}

/// An engine always names an init program and refuses to start a container whose `Init` is set when
/// that program is not installed (Debian only recommends `tini`). It says so by the id `N/A`
/// (moby, `daemon/info_unix.go`).
fn has_init(info: &SystemInfo) -> bool {
    let is_named = info.init_binary.as_deref().is_some_and(|binary| !binary.is_empty());
    let id = info.init_commit.as_ref().and_then(|commit| commit.id.as_deref());
    is_named && id.is_some_and(|id| id != "N/A")
}

#[cfg(test)]
mod tests {
    use bollard::models::{Commit, SystemVersionComponents};

    use super::*;

    fn version(api: &str, component: &str) -> SystemVersion {
        let component =
            SystemVersionComponents { name: component.to_owned(), ..Default::default() };
        SystemVersion {
            api_version: Some(api.to_owned()),
            components: Some(vec![component]),
            ..Default::default()
        }
    }

    fn info(binary: &str, id: &str) -> SystemInfo {
        SystemInfo {
            init_binary: Some(binary.to_owned()),
            init_commit: Some(Commit { id: Some(id.to_owned()) }),
            ..Default::default()
        }
    }

    #[test]
    fn engines_are_told_apart_by_their_components() {
        let cases = [("Engine", Product::Docker), ("Podman Engine", Product::Podman)];
        for (component, product) in cases {
            let dialect = Dialect::detect(&version("1.41", component), &info("docker-init", ""));
            assert_eq!(dialect.unwrap().product, product, "{component}");
        }
    }

    #[test]
    fn an_engine_that_speaks_an_older_api_is_refused() {
        for api in ["1.40", "0.99", "", "new"] {
            let refused = Dialect::detect(&version(api, "Engine"), &info("docker-init", ""));
            assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{api}");
        }
        for api in ["1.41", "1.54", "2.0"] {
            assert!(Dialect::detect(&version(api, "Engine"), &info("", "")).is_ok(), "{api}");
        }
    }

    #[test]
    fn the_init_process_is_used_only_where_it_is_installed() {
        let cases = [
            ("docker-init", "", true),
            ("docker-init", "de40ad0", true),
            ("docker-init", "N/A", false),
            ("", "", false),
        ];
        for (binary, id, expected) in cases {
            assert_eq!(has_init(&info(binary, id)), expected, "{binary} {id}");
        }
    }
}
