//! The port to whatever runs containers.
//!
//! It speaks in domain words (workloads, networks, images, telemetry), so that Docker, Podman and
//! Kubernetes can all stand behind it.
//!
//! # Invariants
//!
//! * Every object made through this port carries the labels of [`Labels`]; objects without our
//!   `berth.home` are foreign: reported as [`RuntimeError::Foreign`], never adopted, changed or removed.
//! * Nothing here takes a shell string: commands are argument lists.
//! * A [`WorkloadSpec`] cannot express privileges: no host namespaces, devices, added capabilities or
//!   mounts of system folders exist in the type.

pub mod contract;
mod error;
pub mod fake;
mod images;
mod networks;
mod spec;
mod telemetry;
mod workloads;

use std::sync::Arc;

pub use error::RuntimeError;
pub use images::{ImageInfo, Images, PullProgress};
pub use networks::{NetworkInfo, NetworkSpec, Networks};
pub use spec::{
    Attachment, InvalidMount, Labels, Mount, MountSource, Role, UserIds, WorkloadName, WorkloadSpec,
};
pub use telemetry::{
    EngineInfo, ExecInput, ExecOutput, ExecSession, ExecSpec, LogLine, LogQuery, LogStream, Stats,
    Stream, Telemetry, TerminalSize, WorkloadEvent, WorkloadEventKind,
};
pub use workloads::{Endpoint, Exit, ObservedState, ObservedWorkload, Workloads};

/// One engine behind all of its ports.
#[derive(Debug, Clone)]
pub struct Runtime {
    pub workloads: Arc<dyn Workloads>,
    pub networks: Arc<dyn Networks>,
    pub images: Arc<dyn Images>,
    pub telemetry: Arc<dyn Telemetry>,
}
