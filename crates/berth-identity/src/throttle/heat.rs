//! How hot something is from failures, and what that costs.

use std::time::Duration;

use berth_domain::Timestamp;

/// What failures cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// So many failures cost nothing.
    pub free: u32,
    /// The wait after one more; each further failure doubles it.
    pub first: Duration,
    /// It grows no longer than this.
    pub longest: Duration,
    /// One failure is forgotten after each such time.
    pub forget: Duration,
}

impl Rule {
    /// The wait after so many failures.
    pub(super) fn wait(&self, failures: u32) -> Duration {
        match failures.checked_sub(self.free) {
            None | Some(0) => Duration::ZERO,
            Some(beyond) => {
                let factor = 2_u32.saturating_pow(beyond - 1);
                self.first.saturating_mul(factor).min(self.longest)
            }
        }
    }

    /// More failures than these are not counted: they would change nothing but how long it takes to
    /// forget them.
    fn most(&self) -> u32 {
        let doublings = (0..31).find(|n| self.first.saturating_mul(1 << n) >= self.longest);
        self.free.saturating_add(1).saturating_add(doublings.unwrap_or(31))
    }
}

/// Failures that are not forgotten yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heat {
    failures: u32,
    since: Timestamp,
}

impl Heat {
    pub(super) const fn none(now: Timestamp) -> Self {
        Self { failures: 0, since: now }
    }

    /// How many failures count at an instant. A clock that was set back forgets nothing.
    pub(super) fn failures(self, rule: &Rule, now: Timestamp) -> u32 {
        self.settled(rule, now).failures
    }

    /// The same without what is forgotten by now. The time towards forgetting the next one is kept:
    /// else those who come often would be forgiven nothing.
    fn settled(self, rule: &Rule, now: Timestamp) -> Self {
        let forget = rule.forget.as_millis().max(1);
        let forgotten = elapsed(self.since, now).as_millis() / forget;
        let forgotten = u32::try_from(forgotten).unwrap_or(u32::MAX);
        match self.failures.checked_sub(forgotten) {
            None | Some(0) => Self::none(now),
            Some(failures) => {
                let since = later(self.since, rule.forget.saturating_mul(forgotten));
                Self { failures, since: since.min(now) }
            }
        }
    }

    pub(super) fn warmer(self, rule: &Rule, now: Timestamp) -> Self {
        let settled = self.settled(rule, now);
        Self { failures: settled.failures.saturating_add(1).min(rule.most()), ..settled }
    }

    pub(super) fn cooler(self, rule: &Rule, now: Timestamp) -> Self {
        let settled = self.settled(rule, now);
        Self { failures: settled.failures.saturating_sub(1), ..settled }
    }

    /// By which the coolest is found.
    pub(super) fn rank(self, rule: &Rule, now: Timestamp) -> (u32, Timestamp) {
        (self.failures(rule, now), self.since)
    }
}

/// Somebody who comes again: how hot, and from when on the next attempt is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visit {
    heat: Heat,
    ready: Timestamp,
}

impl Visit {
    /// Somebody new, who has to wait as long as everybody new.
    pub(super) fn first(now: Timestamp, wait: Duration) -> Self {
        Self { heat: Heat::none(now), ready: later(now, wait) }
    }

    pub(super) fn wait(self, now: Timestamp) -> Duration {
        elapsed(now, self.ready)
    }

    /// The same, if the clock was not set back since: then the promise is made anew.
    pub(super) fn sane(self, longest: Duration, now: Timestamp) -> Self {
        Self { ready: self.ready.min(later(now, longest)), ..self }
    }

    /// After an attempt that counts as failed. The next is let in after the wait of the rule, or the
    /// one that is given if that is longer.
    pub(super) fn attempted(self, rule: &Rule, slowed: Duration, now: Timestamp) -> Self {
        let heat = self.heat.warmer(rule, now);
        let wait = rule.wait(heat.failures(rule, now)).max(slowed);
        Self { heat, ready: later(now, wait) }
    }

    /// After an attempt that succeeded after all.
    pub(super) fn refunded(self, rule: &Rule, now: Timestamp) -> Self {
        let heat = self.heat.cooler(rule, now);
        let wait = rule.wait(heat.failures(rule, now));
        Self { heat, ready: self.ready.min(later(now, wait)) }
    }

    /// By which the coolest is found. Whoever was told when to come back counts as somebody with no free
    /// attempt left, also for a while after that time: people come back late. Else a first attempt from
    /// each of some hundred networks at names that they invent would have it forgotten.
    pub(super) fn rank(self, rule: &Rule, now: Timestamp) -> (u32, Timestamp) {
        let failures = self.heat.failures(rule, now);
        let is_promised = self.ready > self.heat.since && now < later(self.ready, rule.forget);
        let least = if is_promised { rule.free.saturating_add(1) } else { 0 };
        (failures.max(least), self.ready)
    }
}

/// The time from one instant to another; nothing if that lies before.
fn elapsed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        free: 3,
        first: Duration::from_secs(2),
        longest: Duration::from_mins(1),
        forget: Duration::from_secs(100),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> = (0..12).map(|failures| RULE.wait(failures).as_secs()).collect();

        assert_eq!(waits, [0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(RULE.wait(u32::MAX), RULE.longest);
    }

    #[test]
    fn failures_are_forgotten_one_by_one() {
        let hot = (0..5).fold(Heat::none(at(0)), |heat, _| heat.warmer(&RULE, at(1000)));

        let left: Vec<u32> = [1000, 1099, 1100, 1250, 1499, 1500, 9999]
            .map(|now| hot.failures(&RULE, at(now)))
            .into();

        assert_eq!(left, [5, 5, 4, 3, 1, 0, 0]);
    }

    #[test]
    fn coming_often_does_not_keep_anything_from_being_forgotten() {
        let mut heat = (0..5).fold(Heat::none(at(0)), |heat, _| heat.warmer(&RULE, at(0)));

        for now in 1..=250 {
            heat = heat.warmer(&RULE, at(now)).cooler(&RULE, at(now));
        }

        assert_eq!(heat.failures(&RULE, at(250)), 3);
        assert_eq!(heat.failures(&RULE, at(300)), 2);
    }

    #[test]
    fn a_long_attack_is_forgotten_as_fast_as_a_short_one() {
        let hot = (0..10_000).fold(Heat::none(at(0)), |heat, _| heat.warmer(&RULE, at(0)));

        // Three that are free, and six more until the wait is the longest.
        assert_eq!(hot.failures(&RULE, at(0)), 9);
        assert_eq!(RULE.wait(9), RULE.longest);
        assert!(RULE.wait(8) < RULE.longest);
    }

    #[test]
    fn a_clock_that_is_set_back_neither_forgets_nor_breaks_anything() {
        let visit = (0..9).fold(Visit::first(at(5000), Duration::ZERO), |visit, _| {
            visit.attempted(&RULE, Duration::ZERO, at(5000))
        });

        assert_eq!(visit.wait(at(0)), Duration::from_secs(5060));
        assert_eq!(visit.sane(RULE.longest, at(0)).wait(at(0)), RULE.longest);
        assert_eq!(visit.heat.failures(&RULE, at(0)), 9);
    }
}
