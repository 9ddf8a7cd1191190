//! The managed cluster in real containers. Needs what `cargo xtask setup` prepares.

#[cfg(test)]
#[path = "engine/clusters.rs"]
mod clusters;
#[cfg(test)]
#[path = "engine/scene.rs"]
mod scene;
#[cfg(test)]
#[path = "engine/tenants.rs"]
mod tenants;
