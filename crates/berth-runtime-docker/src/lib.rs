//! Docker from 20.10 (Engine API 1.41) and Podman from 4.3 up, behind the runtime port.
//!
//! # Invariants
//!
//! * One function makes the configuration of a container (`config::container`), and a property test
//!   holds it to never grant a privilege.
//! * Every call has a deadline.
//! * A container or network is looked at before it is touched, and touched by its id: one that does not
//!   carry our `berth.home` is refused as foreign.
//! * What differs between engines is in `dialect` and nowhere else.
//! * Nothing is dialled before the first call, so Berth starts while the engine is down.
//!
//! Deliberately absent: TCP engines. Whoever reaches the Engine API owns its host, so only a Unix
//! socket, which has an owner and a mode, is dialled.

mod client;
mod config;
mod dialect;
mod events;
mod exec;
mod failure;
mod fingerprint;
mod frames;
mod guard;
mod hijack;
mod images;
mod job;
mod labels;
mod lines;
mod logs;
mod networks;
mod observation;
mod raw;
mod stats;
mod telemetry;
mod workloads;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use berth_runtime::{Runtime, RuntimeError};
use client::Client;

/// Where the engine is, and whose objects these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectOptions {
    /// The engine's Unix socket, such as `unix:///var/run/docker.sock`.
    pub docker_host: String,
    /// The id of this installation, written on everything it makes.
    pub home: String,
}

/// How long Berth waits for the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Any one call. A stop also waits for the container's own grace period.
    pub call: Duration,
    /// Fetching an image, from its first to its last byte.
    pub pull: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { call: Duration::from_secs(30), pull: Duration::from_mins(30) }
    }
}

/// The text does not say where an engine is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the socket of an engine: write it like `unix:///var/run/docker.sock`")]
pub struct InvalidHost(pub String);

/// Returns the ports to an engine. Nothing is dialled before the first call.
///
/// [`RuntimeError::Unreachable`] with [`InvalidHost`] as its source when the address is no Unix socket.
pub fn connect(options: &ConnectOptions) -> Result<Runtime, RuntimeError> {
    connect_with(options, Deadlines::default())
}

/// Does the same as [`connect`], with other deadlines.
pub fn connect_with(
    options: &ConnectOptions,
    deadlines: Deadlines,
) -> Result<Runtime, RuntimeError> {
    let socket = options
        .docker_host
        .strip_prefix("unix://")
        .filter(|path| path.starts_with('/'))
        .ok_or_else(|| InvalidHost(options.docker_host.clone()))
        .map_err(|error| RuntimeError::Unreachable(Box::new(error)))?;
    let client = Arc::new(Client::new(PathBuf::from(socket), options.home.clone(), deadlines));
    Ok(Runtime {
        workloads: Arc::new(workloads::DockerWorkloads::new(Arc::clone(&client))),
        networks: Arc::new(networks::DockerNetworks::new(Arc::clone(&client))),
        images: Arc::new(images::DockerImages::new(Arc::clone(&client))),
        telemetry: Arc::new(telemetry::DockerTelemetry::new(client)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_unix_socket_is_an_address_of_an_engine() {
        for text in ["tcp://127.0.0.1:2375", "/var/run/docker.sock", "unix://relative", ""] {
            let options =
                ConnectOptions { docker_host: text.to_owned(), home: "test-host".to_owned() };
            let refusal = connect(&options).map(|_| ()).map_err(|error| error.may_pass());
            assert_eq!(refusal, Err(true), "{text}");
        }
    }
}
