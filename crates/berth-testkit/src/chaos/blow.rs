//! What befalls an installation.

use berth_domain::ObjectName;

use crate::home::Home;
use crate::socket_proxy::{Mode, SocketProxy};

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blow {
    /// `kill -9` of Berth, and a new start.
    ServerKilled,
    /// `kill -9` of the PostgreSQL server.
    PostgresKilled,
    /// The engine is cut off for a while.
    EngineCut,
    /// The saved route table goes.
    RoutesRemoved,
    /// A tenant's container ends.
    ContainerKilled,
    /// A tenant's container goes.
    ContainerRemoved,
    /// A tenant's network goes.
    NetworkRemoved,
}

impl Blow {
    pub(super) const ALL: [Self; 7] = [
        Self::ServerKilled,
        Self::PostgresKilled,
        Self::EngineCut,
        Self::RoutesRemoved,
        Self::ContainerKilled,
        Self::ContainerRemoved,
        Self::NetworkRemoved,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ServerKilled => "server killed",
            Self::PostgresKilled => "PostgreSQL killed",
            Self::EngineCut => "engine cut off",
            Self::RoutesRemoved => "route table removed",
            Self::ContainerKilled => "container killed",
            Self::ContainerRemoved => "container removed",
            Self::NetworkRemoved => "network removed",
        }
    }

    /// Lets it fall. `victim` is whose container or network is meant. False when there was nothing to hit.
    pub(super) async fn fall(self, home: &Home, proxy: &SocketProxy, victim: &ObjectName) -> bool {
        match self {
            Self::ServerKilled => {
                home.kill();
                home.serve().await;
                true
            }
            Self::PostgresKilled => {
                let containers = home.engine().containers(home.id()).await;
                let cluster = containers.iter().find(|c| c["Labels"]["berth.role"] == "cluster");
                let Some(cluster) = cluster.and_then(|c| c["Id"].as_str()) else { return false };
                home.engine().kill_container(cluster).await
            }
            Self::EngineCut => {
                proxy.set(Mode::Cut);
                // As long as it takes to be noticed: this asks the engine and is refused.
                home.berth(&["doctor"]).await;
                proxy.set(Mode::Pass);
                true
            }
            Self::RoutesRemoved => std::fs::remove_file(home.path().join("routes.json")).is_ok(),
            Self::ContainerKilled => home.engine().kill_container(victim.as_str()).await,
            Self::ContainerRemoved => home.engine().remove_container(victim.as_str()).await,
            Self::NetworkRemoved => home.engine().remove_network(victim.as_str()).await,
        }
    }

    /// Whether something goes behind Berth's back that only somebody who looks finds out.
    pub(super) const fn is_drift(self) -> bool {
        matches!(
            self,
            Self::ContainerKilled
                | Self::ContainerRemoved
                | Self::NetworkRemoved
                | Self::RoutesRemoved
        )
    }
}
