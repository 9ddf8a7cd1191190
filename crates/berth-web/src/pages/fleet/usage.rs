//! What one tenant of the fleet uses.

use berth_domain::{Limits, Timestamp};
use berth_engine::view::Used;

use super::row::Share;
use crate::pages::chart::{Curve, Frame, Point, SPARK};
use crate::pages::words::size;

/// The hour that is drawn, and how often there is a figure, in seconds.
const HOUR: i64 = 3600;
const STEP: i64 = 180;
/// What was seen longer ago is not how it is now, in seconds.
const NOW: i64 = 180;
/// From where on a share of the limit is shown as much, in hundredths.
const MUCH: u64 = 90;

/// Processor and memory, worded and drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    pub(crate) cpu: Curve,
    /// `12%` of the limit. Empty: it is not known.
    pub(crate) cpu_share: String,
    /// `412 MiB`, and how much of the limit that is. `None`: it is not known.
    pub(crate) memory: Option<(String, Share)>,
}

impl Usage {
    /// Of what was sampled in the last hour, the oldest first.
    pub(super) fn of(used: &[Used], limits: Limits, now: Timestamp) -> Self {
        let until = now.as_second();
        let points: Vec<Point> =
            used.iter().map(|one| (one.at.as_second(), one.cpu_millis)).collect();
        let frame = Frame { from: until - HOUR, until, step: STEP };
        // As in the charts of one tenant, a curve that is all far below the limit is drawn larger.
        let most = used.iter().filter_map(|one| one.cpu_millis).max().unwrap_or_default();
        let top = (most + most / 4).max(u64::from(limits.cpu_millis) / 8);
        let newest = used.last().filter(|one| until - one.at.as_second() <= NOW);
        let cpu = newest.and_then(|one| one.cpu_millis);
        let memory = newest.and_then(|one| one.memory);
        Self {
            cpu: Curve::of(&points, frame, (SPARK, top)),
            cpu_share: cpu
                .map(|cpu| format!("{}%", percent(cpu, limits.cpu_millis.into())))
                .unwrap_or_default(),
            memory: memory.map(|memory| {
                let percent = percent(memory.0, limits.memory.0).min(100);
                let class = if percent >= MUCH { "f-warn" } else { "" };
                (size(memory), Share { percent, class })
            }),
        }
    }
}

fn percent(value: u64, of: u64) -> u64 {
    value.saturating_mul(100).checked_div(of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use berth_domain::Bytes;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn used(second: i64, cpu: Option<u64>) -> Used {
        Used { at: at(second), cpu_millis: cpu, memory: Some(Bytes::mib(950)) }
    }

    #[test]
    fn what_a_tenant_uses_is_said_beside_its_limits() {
        let limits = Limits::default();

        let usage = Usage::of(&[used(0, None), used(60, Some(120))], limits, at(90));

        assert_eq!(usage.cpu_share, "12%");
        let (memory, share) = usage.memory.unwrap();
        assert_eq!((memory.as_str(), share.percent, share.class), ("950 MiB", 92, "f-warn"));
        assert_eq!(usage.cpu.line, "M71.4 4h1");
    }

    #[test]
    fn what_was_seen_some_time_ago_is_drawn_and_is_not_now() {
        let usage = Usage::of(&[used(0, Some(120))], Limits::default(), at(600));

        assert_eq!(usage.cpu_share, "");
        assert!(usage.memory.is_none());
        assert!(!usage.cpu.line.is_empty());
    }

    #[test]
    fn of_nothing_nothing_is_said() {
        let usage = Usage::of(&[], Limits::default(), at(0));

        assert!(usage.cpu.line.is_empty() && usage.cpu_share.is_empty() && usage.memory.is_none());
    }
}
