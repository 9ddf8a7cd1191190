//! The parts a tenant is made of: for each, how it comes to be, is read back, and goes.
//!
//! # Invariants
//!
//! * Everything here may be called twice, and after a call that was cut off anywhere.
//! * What removes also succeeds when there is nothing to remove.

pub(crate) mod adoption;
pub(crate) mod blueprint;
pub(crate) mod cluster;
pub(crate) mod container;
pub(crate) mod copy;
pub(crate) mod database;
pub(crate) mod files;
pub(crate) mod image;
pub(crate) mod modules;
pub(crate) mod network;
pub(crate) mod neutralize;
pub(crate) mod restore;
pub(crate) mod rework;
pub(crate) mod route;
pub(crate) mod wishes;
