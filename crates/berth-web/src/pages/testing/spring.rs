//! A clock of which every day is the same.

use berth_domain::{Clock, Timestamp};
use berth_testkit::SystemClock;
use jiff::SignedDuration;

/// Goes as fast as any other, and began at ten o'clock on a Monday in spring: no page says another day, month or
/// year when it is tested in another one.
#[derive(Debug)]
pub(super) struct Spring {
    behind: SignedDuration,
}

impl Default for Spring {
    fn default() -> Self {
        let began: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        Self { behind: SystemClock.now().duration_since(began) }
    }
}

impl Clock for Spring {
    fn now(&self) -> Timestamp {
        SystemClock.now() - self.behind
    }
}
