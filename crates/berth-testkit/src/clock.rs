//! Clocks: one that stands until it is told, and the real one.

use std::sync::Mutex;

use berth_domain::{Clock, Timestamp};
use jiff::SignedDuration;

/// A clock that stands still. Every handle to it (`Arc`) sees the same time.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// Makes a clock that shows this instant, such as `2026-05-04T10:00:00Z`.
    ///
    /// # Panics
    ///
    /// When the text is not an instant.
    #[must_use]
    pub fn at(instant: &str) -> Self {
        Self(Mutex::new(instant.parse().expect("an instant like 2026-05-04T10:00:00Z")))
    }

    /// Sets the time, forward or back.
    pub fn set(&self, now: Timestamp) {
        *self.lock() = now;
    }

    /// Moves the time, forward or back.
    ///
    /// # Panics
    ///
    /// When that leaves the range of timestamps.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.lock();
        *now = now.checked_add(by).expect("tests stay within the range of timestamps");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        self.0.lock().expect("nobody panics while holding the time")
    }
}

impl Default for FixedClock {
    /// Shows ten o'clock on a day in 2026.
    fn default() -> Self {
        Self::at("2026-05-04T10:00:00Z")
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.lock()
    }
}

/// The clock of the machine, for tests of the whole stack.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the real clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = FixedClock::at("2026-05-04T10:00:00Z");

        assert_eq!(clock.now(), clock.now());

        clock.advance(SignedDuration::from_mins(5));

        assert_eq!(clock.now().to_string(), "2026-05-04T10:05:00Z");
    }
}
