//! What tenants used.

use berth_api::v1 as api;
use berth_domain::statistics::Sample;
use berth_engine::view::StatisticsView;

pub(crate) fn tenant_statistics(view: StatisticsView) -> api::TenantStatistics {
    let StatisticsView { tenant, limits, range, from, until, samples } = view;
    api::TenantStatistics {
        tenant: tenant.to_string(),
        range: range.as_str().to_owned(),
        from,
        until,
        step_seconds: range.step().seconds().unsigned_abs(),
        cpu_limit_millis: limits.cpu_millis,
        memory_limit_bytes: limits.memory.0,
        samples: samples.iter().map(sample).collect(),
    }
}

fn sample(sample: &Sample) -> api::TenantSample {
    let milliseconds =
        |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    api::TenantSample {
        at: sample.at,
        cpu_millis: sample.cpu_millis,
        memory_bytes: sample.memory.map(|bytes| bytes.0),
        database_bytes: sample.database.map(|bytes| bytes.0),
        counted_seconds: sample.seconds,
        requests: sample.requests.all,
        requests_refused: sample.requests.refused,
        requests_failed: sample.requests.failed,
        p95_milliseconds: sample.p95().map(milliseconds),
    }
}
