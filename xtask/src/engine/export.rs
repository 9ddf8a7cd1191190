//! Images on their way to another engine.

use std::io::Read;

use anyhow::Result;

use super::{Engine, PATIENT, succeeded};

impl Engine {
    /// Hands an image to `take`, as the archive that every engine can load.
    pub(crate) fn export<T>(
        &self,
        reference: &str,
        take: impl FnOnce(&mut dyn Read) -> Result<T>,
    ) -> Result<T> {
        let target = format!("/images/{reference}/get");
        let mut answer = succeeded(self.send("GET", &target, None, PATIENT)?)?;
        take(&mut answer.body)
    }
}
