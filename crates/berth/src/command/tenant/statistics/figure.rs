//! One figure of a tenant over time: what it is, in words and as a curve of blocks.

use berth_api::v1 as api;
use berth_domain::Bytes;

/// How many blocks a curve has.
const WIDTH: u64 = 32;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What is told of a tenant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Figure {
    Cpu,
    Memory,
    Requests,
    P95,
    Database,
}

impl Figure {
    pub(super) const ALL: [Self; 5] =
        [Self::Cpu, Self::Memory, Self::Requests, Self::P95, Self::Database];

    const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Requests => "requests",
            Self::P95 => "p95",
            Self::Database => "database",
        }
    }

    /// `None`: it is not known. Requests are in thousandths a second.
    fn of(self, sample: &api::TenantSample) -> Option<u64> {
        match self {
            Self::Cpu => sample.cpu_millis,
            Self::Memory => sample.memory_bytes,
            Self::Requests => {
                sample.requests.saturating_mul(1000).checked_div(sample.counted_seconds)
            }
            Self::P95 => sample.p95_milliseconds,
            Self::Database => sample.database_bytes,
        }
    }

    fn said(self, value: u64) -> String {
        match self {
            Self::Cpu => format!("{} cores", thousandths(value)),
            Self::Memory | Self::Database => Bytes(value).to_string(),
            Self::Requests => format!("{}/s", thousandths(value)),
            Self::P95 => format!("{value} ms"),
        }
    }

    fn limit(self, statistics: &api::TenantStatistics) -> Option<u64> {
        match self {
            Self::Cpu => Some(statistics.cpu_limit_millis.into()),
            Self::Memory => Some(statistics.memory_limit_bytes),
            Self::Requests | Self::P95 | Self::Database => None,
        }
    }

    /// Its name, the least, the middle, the most and the last of it, and its limit.
    pub(super) fn row(self, statistics: &api::TenantStatistics) -> Vec<String> {
        let known: Vec<u64> =
            statistics.samples.iter().filter_map(|sample| self.of(sample)).collect();
        let mut sorted = known.clone();
        sorted.sort_unstable();
        let middle = sorted.get(sorted.len() / 2);
        let values = [sorted.first(), middle, sorted.last(), known.last()];
        let said = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |it| self.said(it));
        let mut row = vec![self.name().to_owned()];
        row.extend(values.map(|value| said(value.copied())));
        row.push(said(self.limit(statistics)));
        row
    }

    /// The most of each part of the time, as a block. Nothing is drawn where nothing is known.
    pub(super) fn curve(self, statistics: &api::TenantStatistics) -> String {
        let from = statistics.from.as_second();
        let span = (statistics.until.as_second() - from).max(1).unsigned_abs();
        let mut parts = vec![None; usize::try_from(WIDTH).unwrap_or_default()];
        for sample in &statistics.samples {
            let after = u64::try_from(sample.at.as_second() - from).unwrap_or_default();
            let part =
                usize::try_from(after * WIDTH / span).unwrap_or_default().min(parts.len() - 1);
            parts[part] = parts[part].max(self.of(sample));
        }
        let most = parts.iter().flatten().copied().max().unwrap_or_default().max(1);
        let block = |value: u64| {
            let height = u128::from(value) * 7 / u128::from(most);
            BLOCKS[usize::try_from(height).unwrap_or_default().min(7)]
        };
        let curve: String = parts.into_iter().map(|value| value.map_or(' ', block)).collect();
        curve.trim_end().to_owned()
    }
}

/// `1.5`, to two places behind the point.
fn thousandths(value: u64) -> String {
    format!("{}.{:02}", value / 1000, value % 1000 / 10)
}
