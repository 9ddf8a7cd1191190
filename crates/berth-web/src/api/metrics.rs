//! `GET /api/v1/metrics`

use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;

use berth_engine::view::{NewestUse, StorageMetric};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::context::WebState;
use crate::error::ApiError;

/// The media type of the `OpenMetrics` text format, version 1.0.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Shows what Berth counts, for Prometheus.
pub(crate) async fn metrics(State(state): State<WebState>) -> Result<Response, ApiError> {
    let mut tenants = of_tenants(state.engine.storage_metrics().await?);
    register_use(&mut tenants, state.engine.usage_metrics().await?);
    let mut text = String::new();
    encode_registry(&mut text, &state.metrics)
        .and_then(|()| encode_registry(&mut text, &tenants))
        .and_then(|()| encode_eof(&mut text))
        .map_err(|error| ApiError::Broken { action: "write the metrics", source: error.into() })?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    organisation: String,
    tenant: String,
    /// `database` or `files`.
    kind: &'static str,
}

/// What tenants fill, as it was measured last: read anew each time, so that no tenant that is gone is
/// left in it.
fn of_tenants(metrics: Vec<StorageMetric>) -> Registry {
    let used = Family::<Labels, Gauge>::default();
    let limit = Family::<Labels, Gauge>::default();
    for StorageMetric { organisation, tenant, measured, limit: most } in metrics {
        let labels =
            |kind| Labels { organisation: organisation.clone(), tenant: tenant.to_string(), kind };
        let set = |family: &Family<Labels, Gauge>, kind, bytes: u64| {
            family.get_or_create(&labels(kind)).set(i64::try_from(bytes).unwrap_or(i64::MAX));
        };
        set(&used, "database", measured.database.0);
        set(&used, "files", measured.files.0);
        if let Some(most) = most {
            set(&limit, "all", most.0);
        }
    }
    let mut registry = Registry::with_prefix("berth_tenant");
    registry.register_with_unit("storage", "What a tenant fills", Unit::Bytes, used);
    registry.register_with_unit("storage_limit", "What it may fill", Unit::Bytes, limit);
    registry
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WhoseLabels {
    organisation: String,
    tenant: String,
}

/// What tenants used in the newest minute of which that is known.
fn register_use(registry: &mut Registry, newest: Vec<NewestUse>) {
    let cpu = Family::<WhoseLabels, Gauge<f64, AtomicU64>>::default();
    let memory = Family::<WhoseLabels, Gauge>::default();
    for NewestUse { organisation, tenant, used } in newest {
        let labels = WhoseLabels { organisation, tenant: tenant.to_string() };
        if let Some(millis) = used.cpu_millis.and_then(|millis| u32::try_from(millis).ok()) {
            cpu.get_or_create(&labels).set(f64::from(millis) / 1000.0);
        }
        if let Some(bytes) = used.memory {
            memory.get_or_create(&labels).set(i64::try_from(bytes.0).unwrap_or(i64::MAX));
        }
    }
    registry.register("cpu_cores", "Cores that a tenant uses, averaged over a minute", cpu);
    registry.register_with_unit(
        "memory",
        "Memory that a tenant uses, without the page cache",
        Unit::Bytes,
        memory,
    );
}

#[cfg(test)]
mod tests {
    use berth_domain::Bytes;
    use berth_domain::Timestamp;
    use berth_domain::storage::Measured;
    use berth_engine::view::Used;
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn every_tenant_has_its_figures() {
        let metric = |name: &str, limit| StorageMetric {
            organisation: "default".to_owned(),
            tenant: name.parse().unwrap(),
            measured: Measured { database: Bytes(300), files: Bytes(112) },
            limit,
        };
        let registry = of_tenants(vec![metric("acme", Some(Bytes(1000))), metric("beta", None)]);
        let mut text = String::new();

        encode(&mut text, &registry).unwrap();

        let mut lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        lines.sort_unstable();
        let of = |tenant: &str| format!("organisation=\"default\",tenant=\"{tenant}\"");
        let (acme, beta) = (of("acme"), of("beta"));
        assert_eq!(
            lines,
            [
                format!("berth_tenant_storage_bytes{{{acme},kind=\"database\"}} 300"),
                format!("berth_tenant_storage_bytes{{{acme},kind=\"files\"}} 112"),
                format!("berth_tenant_storage_bytes{{{beta},kind=\"database\"}} 300"),
                format!("berth_tenant_storage_bytes{{{beta},kind=\"files\"}} 112"),
                format!("berth_tenant_storage_limit_bytes{{{acme},kind=\"all\"}} 1000"),
            ]
        );
    }

    #[test]
    fn what_is_not_known_of_a_tenant_is_left_out() {
        let newest = |name: &str, cpu_millis, memory| NewestUse {
            organisation: "default".to_owned(),
            tenant: name.parse().unwrap(),
            used: Used { at: Timestamp::UNIX_EPOCH, cpu_millis, memory },
        };
        let (known, new) =
            (newest("acme", Some(1250), Some(Bytes(512))), newest("beta", None, Some(Bytes(7))));
        let mut registry = Registry::with_prefix("berth_tenant");
        register_use(&mut registry, vec![known, new]);
        let mut text = String::new();

        encode(&mut text, &registry).unwrap();

        let mut lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "berth_tenant_cpu_cores{organisation=\"default\",tenant=\"acme\"} 1.25",
                "berth_tenant_memory_bytes{organisation=\"default\",tenant=\"acme\"} 512",
                "berth_tenant_memory_bytes{organisation=\"default\",tenant=\"beta\"} 7",
            ]
        );
    }
}
