//! What the engine counts, for Prometheus.

use std::fmt;

use berth_engine::Engine;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;

/// Asks the engine whenever somebody asks.
#[derive(Debug)]
pub(super) struct Numbers(pub(super) Engine);

impl Collector for Numbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        // Whoever stands by has not looked.
        let Some(count) = self.0.orphan_count() else { return Ok(()) };
        let gauge = ConstGauge::new(count);
        let of_gauge = encoder.encode_descriptor(
            "orphans",
            "Things that carry the label or a name of this home and belong to nobody.",
            None,
            gauge.metric_type(),
        )?;
        gauge.encode(of_gauge)
    }
}
