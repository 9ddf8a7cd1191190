//! A container for tests to which it does not matter what is in it.

use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::{Digest, Generation};

use super::FakeEngine;
use crate::{Attachment, Labels, Role, WorkloadName, WorkloadSpec};

impl FakeEngine {
    /// The least that a container can be, of an image that is there from now on: nobody's, without
    /// network, mounts and limits.
    ///
    /// # Panics
    ///
    /// Never: its digest and reference are ones.
    #[must_use]
    pub fn plain(&self, name: &WorkloadName, role: Role) -> WorkloadSpec {
        let image: Digest = format!("sha256:{}", "c".repeat(64)).parse().expect("a digest");
        self.add_image(&"plain:1".parse().expect("a reference"), &image);
        WorkloadSpec {
            name: name.clone(),
            role,
            labels: Labels::default(),
            generation: Generation(0),
            image,
            command: vec!["true".to_owned()],
            environment: BTreeMap::new(),
            user: None,
            mounts: Vec::new(),
            attachment: Attachment::None,
            limits: None,
            read_only_root: true,
            scratch: Vec::new(),
            shared_memory: None,
            stop_grace: Duration::ZERO,
            stop_signal: None,
        }
    }
}
