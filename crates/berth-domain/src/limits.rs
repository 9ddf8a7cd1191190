//! What a tenant may use of its host.

use crate::Bytes;

/// Limits that the engine enforces and Berth reads back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Processor time, in thousandths of one core.
    pub cpu_millis: u32,
    /// Resident memory of the whole container, without swap.
    pub memory: Bytes,
    /// Processes and threads.
    pub pids: u32,
}

impl Limits {
    pub const MIN_CPU_MILLIS: u32 = 100;
    pub const MIN_MEMORY: Bytes = Bytes::mib(256);
    pub const MIN_PIDS: u32 = 32;

    /// Returns how Odoo is to be run within these limits.
    ///
    /// One core or less: threaded (`workers = 0`). Else the smaller of `2 * cores + 1`
    /// (Odoo, "Deploying Odoo", worker number calculation) and one worker per 350 MiB.
    #[must_use]
    pub fn workers(&self) -> u32 {
        if self.cpu_millis <= 1000 {
            return 0;
        }
        let by_cpu = 2 * (self.cpu_millis / 1000) + 1;
        let by_memory = u32::try_from(self.memory.0 / (350 * Bytes::MIB)).unwrap_or(u32::MAX);
        by_cpu.min(by_memory).max(1)
    }

    /// Returns the processor time as people write it: `2`, `1500m`.
    #[must_use]
    pub fn cpu_written(&self) -> String {
        match self.cpu_millis % 1000 {
            0 => (self.cpu_millis / 1000).to_string(),
            _ => format!("{}m", self.cpu_millis),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { cpu_millis: 1000, memory: Bytes::mib(1024), pids: 256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_follow_the_smaller_of_cores_and_memory() {
        let workers =
            |cpu_millis, mib| Limits { cpu_millis, memory: Bytes::mib(mib), pids: 256 }.workers();

        assert_eq!(workers(1000, 8192), 0);
        assert_eq!(workers(2000, 8192), 5);
        assert_eq!(workers(4000, 1024), 2);
        assert_eq!(workers(4000, 256), 1);
    }
}
