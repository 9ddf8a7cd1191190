//! What engines that speak the Docker API do differently. Everything that depends on the engine is decided
//! here; the other modules ask.
//!
//! # Invariants
//!
//! * An engine is what it says of itself when the connection is made, never what its socket is called.
//! * Whatever is decided here has a test on a recorded answer; `docs/ENGINES.md` lists the same
//!   differences for people.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use berth_runtime::{RuntimeError, WorkloadEventKind};
use bollard::models::{PortBinding, ResourcesUlimits, SystemVersion};
use serde_json::Value;

/// The oldest Engine API that has everything used here (`one-shot` statistics, private cgroup
/// namespaces; Docker Engine API 1.41, "v1.41 API changes").
const OLDEST_API: (u32, u32) = (1, 41);

/// The oldest Podman whose Docker API keeps networks apart (Podman 4.3 release notes, "API").
const OLDEST_PODMAN: (u32, u32) = (4, 3);

/// The first Podman that notes that the kernel ended a container for its memory (Podman pull request
/// 21523); older ones look for the note in another folder than the one it is written to.
const TELLS_OUT_OF_MEMORY: (u32, u32) = (5, 0);

/// Files that a process may have open. It is what a host gives a process by itself (4096 is the
/// kernel's own hard limit), so an engine without `CAP_SYS_RESOURCE`, which cannot raise limits, can
/// carry it out too.
const OPEN_FILES: i64 = 4096;

/// Odoo's HTTP and longpolling ports (`--http-port`, `--gevent-port`).
pub(crate) const PORTS: [u16; 2] = [8069, 8072];

/// Which engine it is, and what it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) product: Product,
    /// Whether to ask for the engine's own init process in front of ours, so that somebody reaps
    /// zombies. Podman does not say whether it has one: see [`Dialect::lacks_init`].
    pub(crate) has_init: bool,
    /// Whether it runs as an ordinary user, in a network namespace of its own that the host has no route
    /// into.
    pub(crate) is_rootless: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Docker,
    Podman { version: (u32, u32) },
}

impl Product {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Podman { .. } => "Podman",
        }
    }
}

/// A network as an engine describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) name: String,
    /// What the engine takes for this network and no other.
    pub(crate) handle: String,
    pub(crate) labels: HashMap<String, String>,
    /// In CIDR notation; empty when it has none.
    pub(crate) subnet: String,
    /// Whether the engine was told to keep it apart from other networks.
    pub(crate) is_isolated: bool,
}

impl Dialect {
    /// Finds out what the engine is from what it says of itself.
    pub(crate) fn detect(version: &SystemVersion, info: &Value) -> Result<Self, RuntimeError> {
        let spoken = version.api_version.as_deref().unwrap_or_default();
        if two_numbers(spoken).is_none_or(|version| version < OLDEST_API) {
            let (major, minor) = OLDEST_API;
            return Err(too_old(format!(
                "it speaks Engine API `{spoken}` and Berth needs {major}.{minor} or newer: \
                 install Docker 20.10 or newer, or Podman 4.3 or newer"
            )));
        }
        let product = product(version)?;
        let has_init = match product {
            Product::Docker => has_docker_init(info),
            Product::Podman { .. } => true,
        };
        let is_rootless = is_rootless(info);
        if is_rootless {
            refuse_powerless(product, info)?;
        }
        Ok(Self { product, has_init, is_rootless })
    }

    /// Whether the engine says that it was the kernel that ended a container, for its memory.
    pub(crate) fn tells_out_of_memory(self) -> bool {
        match self.product {
            Product::Docker => true,
            Product::Podman { version } => version >= TELLS_OUT_OF_MEMORY,
        }
    }

    /// Whether a refusal says that the engine's init program is not installed. Docker says so beforehand,
    /// Podman when the first container is made (podman, `libpod/container_internal_common.go`).
    pub(crate) fn lacks_init(self, refusal: &str) -> bool {
        matches!(self.product, Product::Podman { .. })
            && refusal.contains("container-init binary not found")
    }

    /// Limits of a process. Podman's own (`default_ulimits` in `containers.conf`) only hold when none is
    /// given: with one given it raises the number of processes to 1048576, which an engine without
    /// `CAP_SYS_RESOURCE` cannot carry out.
    pub(crate) fn ulimits(self) -> Option<Vec<ResourcesUlimits>> {
        let files = ResourcesUlimits {
            name: Some("nofile".to_owned()),
            soft: Some(OPEN_FILES),
            hard: Some(OPEN_FILES),
        };
        match self.product {
            Product::Docker => Some(vec![files]),
            Product::Podman { .. } => None,
        }
    }

    /// How many processes a container without a limit may have. Podman limits those to 2048 by itself
    /// (`pids_limit` in `containers.conf`).
    pub(crate) fn unlimited_pids(self) -> Option<i64> {
        match self.product {
            Product::Docker => None,
            Product::Podman { .. } => Some(-1),
        }
    }

    /// Ports of the host that lead to a container on a network: none where the host reaches the container
    /// itself, else one that the engine chooses, which only programs of the host reach.
    pub(crate) fn port_bindings(self) -> Option<HashMap<String, Option<Vec<PortBinding>>>> {
        let loopback = || PortBinding {
            host_ip: Some("127.0.0.1".to_owned()),
            // Empty: any that is free.
            host_port: Some(String::new()),
        };
        self.is_rootless.then(|| {
            PORTS.iter().map(|port| (format!("{port}/tcp"), Some(vec![loopback()]))).collect()
        })
    }

    /// Puts right what Podman says of a container in words that Docker does not have, in an inspection or
    /// in an element of a list (podman, `libpod/define/containerstate.go`).
    pub(crate) fn correct_state(self, container: &mut Value) {
        if self.product == Product::Docker {
            return;
        }
        for place in ["/State/Status", "/State"] {
            let Some(Value::String(state)) = container.pointer_mut(place) else { continue };
            match state.as_str() {
                "configured" | "initialized" => "created".clone_into(state),
                // Its program ended and the engine has not cleaned up yet.
                "stopped" => "exited".clone_into(state),
                _ => {}
            }
        }
    }

    /// `None`: nothing that Berth looks for. Podman's own names are in newer versions of its Docker API
    /// translated too.
    pub(crate) fn event(self, action: &str) -> Option<WorkloadEventKind> {
        match (self.product, action) {
            (_, "start") => Some(WorkloadEventKind::Started),
            (_, "die") | (Product::Podman { .. }, "died") => Some(WorkloadEventKind::Stopped),
            (Product::Docker, "destroy") | (Product::Podman { .. }, "remove") => {
                Some(WorkloadEventKind::Removed)
            }
            (_, "oom") => Some(WorkloadEventKind::OutOfMemory),
            _ => None,
        }
    }
}

/// Networks.
impl Dialect {
    /// Docker keeps all its networks apart. Podman does so with those that have this option.
    pub(crate) fn network_options(self) -> Option<HashMap<String, String>> {
        match self.product {
            Product::Docker => None,
            Product::Podman { .. } => {
                Some(HashMap::from([("isolate".to_owned(), "true".to_owned())]))
            }
        }
    }

    /// Where one network is described, by name. Never Podman's Docker API: when that describes a network,
    /// or all of them, it takes the isolation out of what the engine remembers of it, and containers that
    /// start later are not isolated (podman, `compat/networks.go`, since pull request 15907).
    pub(crate) fn network_path(self, name: &str) -> String {
        match self.product {
            Product::Docker => format!("/networks/{name}"),
            Product::Podman { .. } => format!("{}/networks/{name}/json", self.native()),
        }
    }

    /// Where all networks are described that pass the filter, which is JSON in the escaping of a query.
    pub(crate) fn networks_path(self, filter: &str) -> String {
        match self.product {
            Product::Docker => format!("/networks?filters={filter}"),
            Product::Podman { .. } => format!("{}/networks/json?filters={filter}", self.native()),
        }
    }

    /// The beginning of Podman's own API, which takes the version of the engine itself.
    fn native(self) -> String {
        let (major, minor) = match self.product {
            Product::Docker => (0, 0),
            Product::Podman { version } => version,
        };
        format!("/v{major}.{minor}.0/libpod")
    }

    /// Reads what stands at one of these paths. `None`: it is no description of a network.
    pub(crate) fn network(self, said: &Value) -> Option<Network> {
        let text = |place: &str| said.pointer(place).and_then(Value::as_str);
        let labels = |place: &str| {
            let labels = said.get(place).and_then(Value::as_object).into_iter().flatten();
            let text =
                |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
            labels.filter_map(text).collect()
        };
        Some(match self.product {
            Product::Docker => Network {
                name: text("/Name")?.to_owned(),
                handle: text("/Id")?.to_owned(),
                labels: labels("Labels"),
                subnet: text("/IPAM/Config/0/Subnet").unwrap_or_default().to_owned(),
                is_isolated: true,
            },
            Product::Podman { .. } => Network {
                name: text("/name")?.to_owned(),
                // By its id Podman also removes a network that is in use (`abi/network.go`: it compares
                // with names). No two networks have one name here.
                handle: text("/name")?.to_owned(),
                labels: labels("labels"),
                subnet: text("/subnets/0/subnet").unwrap_or_default().to_owned(),
                is_isolated: text("/options/isolate").is_some_and(|option| option != "false"),
            },
        })
    }

    /// Whether two networks can have one name (Docker up to 24).
    pub(crate) fn shares_network_names(self) -> bool {
        self.product == Product::Docker
    }

    /// Whether a container refers to its network by the name and not by the id that it had, so that one
    /// that was made again is the same.
    pub(crate) fn refers_to_networks_by_name(self) -> bool {
        self.product != Product::Docker
    }

    /// Whether the host itself has to keep tenants apart, because what the engine does does not last:
    /// whenever a container leaves an isolated network, netavark 1.4 takes the jump to its isolation out of
    /// the firewall for all networks, until the next container joins one (netavark,
    /// `varktables/types.rs`: the jump is torn down with each network).
    pub(crate) fn needs_guard(self) -> bool {
        self.product != Product::Docker
    }
}

fn too_old(message: String) -> RuntimeError {
    RuntimeError::Refused { action: "serve Berth", message }
}

fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn product(version: &SystemVersion) -> Result<Product, RuntimeError> {
    let mut components = version.components.iter().flatten();
    let Some(podman) = components.find(|component| component.name == "Podman Engine") else {
        return Ok(Product::Docker);
    };
    match two_numbers(&podman.version) {
        Some(version) if version >= OLDEST_PODMAN => Ok(Product::Podman { version }),
        _ => {
            let (major, minor) = OLDEST_PODMAN;
            Err(too_old(format!(
                "it is Podman `{}`, which does not keep the networks of tenants apart: install \
                 Podman {major}.{minor} or newer",
                podman.version
            )))
        }
    }
}

/// Docker says so among its security options (moby, `daemon/info_unix.go`), Podman in a field of its own;
/// 4.3 says it nowhere else.
fn is_rootless(info: &Value) -> bool {
    let options = info.get("SecurityOptions").and_then(Value::as_array).into_iter().flatten();
    let mut options = options.filter_map(Value::as_str);
    info.get("Rootless") == Some(&Value::Bool(true))
        || options.any(|option| option.contains("name=rootless"))
}

/// Refuses a rootless engine that cannot do what Berth promises of tenants.
fn refuse_powerless(product: Product, info: &Value) -> Result<(), RuntimeError> {
    let why = if info.get("CgroupVersion").and_then(Value::as_str) != Some("2") {
        "with cgroups of version 1, where it ignores every limit: boot with \
         `systemd.unified_cgroup_hierarchy=1`, or let the engine run as root"
    } else if product == Product::Docker {
        return Ok(());
    } else {
        "where the host's firewall cannot keep tenants apart: let Podman run as root"
    };
    Err(RuntimeError::Refused {
        action: "serve Berth",
        message: format!("it is a rootless {} {why}", product.as_str()),
    })
}

/// Docker always names an init program and refuses to start a container whose `Init` is set when
/// that program is not installed (Debian only recommends `tini`). It says so by the id `N/A`
/// (moby, `daemon/info_unix.go`).
fn has_docker_init(info: &Value) -> bool {
    let text = |place: &str| info.pointer(place).and_then(Value::as_str);
    let is_named = text("/InitBinary").is_some_and(|binary| !binary.is_empty());
    is_named && text("/InitCommit/ID").is_some_and(|id| id != "N/A")
}
