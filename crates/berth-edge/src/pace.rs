//! How slow a visitor may be.
//!
//! Whoever sends or takes one byte now and then is never silent for long, and keeps a place at a tenant,
//! and a worker of Odoo, all the same. So the waiting for one body, or for one answer to be taken, is
//! bounded as a whole: by a time of grace, and a second more for every so many bytes.

use std::time::{Duration, Instant};

/// Bytes per second that nobody falls below: a tenth of the slowest lines that people still use.
const SLOWEST: u64 = 500;

/// How long a visitor was waited for, and for how many bytes.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    waited: Duration,
    /// Since when the visitor is waited for. `None`: it is not.
    since: Option<Instant>,
    bytes: u64,
}

impl Pace {
    /// Notes that the visitor is waited for. `now` is only asked when that begins.
    pub(crate) fn waits(&mut self, now: impl FnOnce() -> Instant) {
        self.since.get_or_insert_with(now);
    }

    /// Notes that some bytes passed. `now` is only asked when they were waited for.
    pub(crate) fn moved(&mut self, bytes: usize, now: impl FnOnce() -> Instant) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if let Some(since) = self.since.take() {
            self.waited += now().saturating_duration_since(since);
        }
    }

    /// Whether the visitor was waited for longer than the bytes are worth.
    pub(crate) fn is_too_slow(&self, grace: Duration) -> bool {
        self.left(grace).is_zero()
    }

    /// Until when the visitor is waited for: `grace` in one go, and no longer in all than the bytes are
    /// worth. `None`: it is not waited for.
    pub(crate) fn deadline(&self, grace: Duration) -> Option<Instant> {
        self.since.map(|since| since + grace.min(self.left(grace)))
    }

    fn left(&self, grace: Duration) -> Duration {
        let earned = Duration::from_secs(self.bytes / SLOWEST);
        grace.saturating_add(earned).saturating_sub(self.waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(75);

    /// Passes so many bytes after each of so many waits of `every`.
    fn after(times: u32, every: Duration, bytes: usize) -> Pace {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        for _ in 0..times {
            pace.waits(|| now);
            now += every;
            pace.moved(bytes, || now);
        }
        pace
    }

    #[test]
    fn drops_do_not_keep_a_place_and_a_slow_line_does() {
        let minute = Duration::from_mins(1);
        assert!(!after(1, minute, 1).is_too_slow(GRACE));
        assert!(after(2, minute, 1).is_too_slow(GRACE), "a byte a minute");

        let second = Duration::from_secs(1);
        assert!(after(200, second, 250).is_too_slow(GRACE), "250 bytes per second");
        assert!(!after(100_000, second, 500).is_too_slow(GRACE), "500 bytes per second");
    }

    #[test]
    fn one_wait_is_no_longer_than_the_grace_or_what_is_left_of_it() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.deadline(GRACE), None);

        pace.waits(|| now);
        assert_eq!(pace.deadline(GRACE), Some(now + GRACE));
        pace.moved(1_000_000, || now);
        pace.waits(|| now);
        assert_eq!(pace.deadline(GRACE), Some(now + GRACE));

        let mut slow = after(74, Duration::from_secs(1), 1);
        slow.waits(|| now);
        assert_eq!(slow.deadline(GRACE), Some(now + Duration::from_secs(1)));
    }
}
