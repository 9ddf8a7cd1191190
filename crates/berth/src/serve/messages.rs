//! What is counted of messages, for Prometheus.

use berth_engine::Engine;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

/// Asks the engine whenever somebody looks.
#[derive(Debug)]
pub(super) struct Messages(pub(super) Engine);

impl Collector for Messages {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.message_counts();
        ConstCounter::new(counts.made).encode(encoder.encode_descriptor(
            "messages_made",
            "Messages that somebody is to be told",
            None,
            MetricType::Counter,
        )?)?;
        let mut attempts = encoder.encode_descriptor(
            "message_attempts",
            "Attempts to send a message, by channel and by what came of them",
            None,
            MetricType::Counter,
        )?;
        for (channel, arrived, n) in counts.attempts {
            let outcome = if arrived { "arrived" } else { "failed" };
            let labels = [("channel", channel), ("outcome", outcome)];
            ConstCounter::new(n).encode(attempts.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
