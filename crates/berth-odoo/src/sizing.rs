//! How Odoo's processes are sized from a container's limits.
//!
//! # The formula
//!
//! * Workers: [`Limits::workers`]; one cron thread; with workers also the gevent process and the
//!   parent of all.
//! * Connections per process (`db_maxconn`): 16 without workers, because there one process serves
//!   `(16 - 1) / 2 = 7` requests at a time (`odoo/service/server.py`, `max_http_threads`); 8 with
//!   workers, each of which serves one; the gevent process, which serves every open page, 16.
//! * `limit_memory_hard` is an address-space limit (`RLIMIT_AS`), not a limit of resident memory. A
//!   fresh process maps about 150 MiB more than it uses, threads and libraries add to that: 512 MiB of
//!   head room. To it comes what one process may use: all of the container's memory without
//!   workers, half of it with. The container's own limit is what protects the host.
//! * `limit_memory_soft`, at which a process is renewed after its request, leaves a fifth of that share.

use berth_domain::{Bytes, Limits};

/// Mapped but not used by a process.
const HEAD_ROOM: Bytes = Bytes::mib(512);
const THREADED_CONNECTIONS: u32 = 16;
const WORKER_CONNECTIONS: u32 = 8;
/// One `LISTEN` session each of the bus and of cron on the `postgres` database, and three for Berth's
/// probes, dumps and a person's shell.
const RESERVE: u32 = 5;

/// Odoo's processes within one container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sizing {
    /// 0: one process with threads.
    pub workers: u32,
    pub cron_threads: u32,
    /// All that hold connections.
    pub processes: u32,
    /// `db_maxconn`, per process.
    pub db_maxconn: u32,
    /// Connections beside those of the processes' pools.
    pub reserve: u32,
    /// Address space of one process.
    pub memory_soft: Bytes,
    pub memory_hard: Bytes,
}

impl Sizing {
    /// Applies the formula.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        let workers = limits.workers();
        let cron_threads = 1;
        let is_threaded = workers == 0;
        let share = if is_threaded { limits.memory.0 } else { limits.memory.0 / 2 };
        Self {
            workers,
            cron_threads,
            // With workers: each of them, cron, gevent and the parent.
            processes: if is_threaded { 1 } else { workers + cron_threads + 2 },
            db_maxconn: if is_threaded { THREADED_CONNECTIONS } else { WORKER_CONNECTIONS },
            // The gevent process may hold as many again.
            reserve: if is_threaded { RESERVE } else { RESERVE + WORKER_CONNECTIONS },
            memory_soft: Bytes(HEAD_ROOM.0 + share / 5 * 4),
            memory_hard: Bytes(HEAD_ROOM.0 + share),
        }
    }

    /// Whether `/websocket` is served by the gevent process on its own port.
    #[must_use]
    pub const fn has_gevent(&self) -> bool {
        self.workers > 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(cpu_millis: u32, mib: u64) -> Limits {
        Limits { cpu_millis, memory: Bytes::mib(mib), pids: 256 }
    }

    #[test]
    fn one_core_is_one_process_with_threads() {
        let sizing = Sizing::of(&limits(1000, 1024));

        assert_eq!((sizing.workers, sizing.processes, sizing.db_maxconn), (0, 1, 16));
        assert_eq!(sizing.memory_hard, Bytes::mib(1536));
        assert!(!sizing.has_gevent());
    }

    #[test]
    fn two_cores_are_workers_cron_gevent_and_their_parent() {
        let sizing = Sizing::of(&limits(2000, 4096));

        assert_eq!((sizing.workers, sizing.processes, sizing.db_maxconn), (5, 8, 8));
        assert_eq!(sizing.memory_hard, Bytes::mib(2560));
        assert!(sizing.has_gevent());
    }

    proptest! {
        #[test]
        fn a_process_is_renewed_before_it_is_refused_memory(cpu in 100_u32..64_000, mib in 256_u64..65_536) {
            let sizing = Sizing::of(&limits(cpu, mib));

            prop_assert!(sizing.memory_soft < sizing.memory_hard);
            prop_assert!(sizing.memory_soft > HEAD_ROOM);
        }
    }
}
