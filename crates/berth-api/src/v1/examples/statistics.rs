//! What a tenant used.

use super::at;
use crate::v1::{TenantSample, TenantStatistics};

#[must_use]
pub fn tenant_statistics() -> TenantStatistics {
    let sample = |minute: u32| TenantSample {
        at: at(i64::from(minute) * 60),
        cpu_millis: Some(140 + u64::from(minute) * 10),
        memory_bytes: Some(412 << 20),
        database_bytes: Some(58 << 20),
        counted_seconds: 60,
        requests: 31,
        requests_refused: 2,
        requests_failed: 0,
        p95_milliseconds: Some(180),
    };
    // The first look at a tenant tells no rate.
    let first = TenantSample {
        cpu_millis: None,
        counted_seconds: 0,
        requests: 0,
        requests_refused: 0,
        p95_milliseconds: None,
        ..sample(0)
    };
    TenantStatistics {
        tenant: "acme".to_owned(),
        range: "1h".to_owned(),
        from: at(-3480),
        until: at(120),
        step_seconds: 60,
        cpu_limit_millis: 2000,
        memory_limit_bytes: 2 << 30,
        samples: vec![first, sample(1), sample(2)],
    }
}
