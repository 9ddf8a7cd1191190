//! Against a throw-away PostgreSQL, without a container engine.

#[cfg(test)]
#[path = "it/clones.rs"]
mod clones;
#[cfg(test)]
#[path = "it/copies.rs"]
mod copies;
#[cfg(test)]
#[path = "it/databases.rs"]
mod databases;
#[cfg(test)]
#[path = "it/fixture.rs"]
mod fixture;
#[cfg(test)]
#[path = "it/restores.rs"]
mod restores;
#[cfg(test)]
#[path = "it/roles.rs"]
mod roles;
#[cfg(test)]
#[path = "it/servers.rs"]
mod servers;
#[cfg(test)]
#[path = "it/tenant_dbs.rs"]
mod tenant_dbs;
