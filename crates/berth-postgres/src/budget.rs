//! How many connections a tenant's role may hold.
//!
//! Odoo keeps one pool per process, of at most `db_maxconn` connections, and every cron worker and
//! the bus hold one more on the `postgres` database for as long as they live, to `LISTEN` there.
//! A limit below that makes Odoo fail at random; no limit lets one tenant take all connections of
//! the cluster.

use std::fmt;

/// Connections that PostgreSQL keeps for superusers, and that Berth needs to look after the cluster.
const RESERVED: u32 = 15;

/// What one tenant needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Demand {
    /// Odoo processes: workers, cron workers, the gevent process and their parent.
    pub processes: u32,
    /// Odoo's `db_maxconn`.
    pub per_process: u32,
    /// Held on the `postgres` database, and by Berth and by people beside Odoo.
    pub reserve: u32,
}

impl Demand {
    /// Returns the role's `CONNECTION LIMIT`: processes × `db_maxconn` + reserve.
    #[must_use]
    pub const fn role_limit(self) -> i32 {
        let limit = self.processes.saturating_mul(self.per_process).saturating_add(self.reserve);
        if limit > i32::MAX as u32 { i32::MAX } else { limit.cast_signed() }
    }
}

/// A further tenant would promise more connections than the cluster has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the cluster allows {available} connections to tenants, {promised} are promised and {wanted} more are wanted: \
     stop a tenant, lower its limits or raise max_connections"
)]
pub struct OverBudget {
    pub available: u32,
    pub promised: u32,
    pub wanted: u32,
}

/// Checks that one more tenant fits beside those that are allowed to run.
pub fn admit(
    max_connections: u32,
    running: impl IntoIterator<Item = Demand>,
    wanted: Demand,
) -> Result<(), OverBudget> {
    let limit = |demand: Demand| demand.role_limit().unsigned_abs();
    let available = max_connections.saturating_sub(RESERVED);
    let promised = running.into_iter().map(limit).fold(0, u32::saturating_add);
    let wanted = limit(wanted);
    if promised.saturating_add(wanted) > available {
        return Err(OverBudget { available, promised, wanted });
    }
    Ok(())
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {} + {}", self.processes, self.per_process, self.reserve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREADED: Demand = Demand { processes: 1, per_process: 16, reserve: 4 };

    #[test]
    fn the_limit_is_processes_times_pool_plus_reserve() {
        assert_eq!(THREADED.role_limit(), 20);
        assert_eq!(
            Demand { processes: u32::MAX, per_process: 2, reserve: 0 }.role_limit(),
            i32::MAX
        );
    }

    #[test]
    fn a_tenant_that_does_not_fit_is_told_the_numbers() {
        assert_eq!(admit(100, [THREADED; 3], THREADED), Ok(()));
        assert_eq!(
            admit(100, [THREADED; 4], THREADED),
            Err(OverBudget { available: 85, promised: 80, wanted: 20 })
        );
    }
}
