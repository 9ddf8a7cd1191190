//! How often something that keeps ending is started again.
//!
//! # Invariants
//!
//! * The first time costs no pause: most things end once.
//! * What was calm for a while counts from the beginning again.

use jiff::SignedDuration;

use crate::Timestamp;

/// How long it must have run for its restarts to be forgotten.
const CALM: SignedDuration = SignedDuration::from_mins(10);
/// Before the second restart in a row, the third, and so on. The last one stays.
const PAUSES: [SignedDuration; 5] = [
    SignedDuration::from_secs(2),
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
];

/// Restarts in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Restarts {
    pub count: u32,
    /// `None` before the first.
    pub last: Option<Timestamp>,
}

impl Restarts {
    /// How many there were without a calm in between.
    #[must_use]
    pub fn in_a_row(self, now: Timestamp) -> u32 {
        match self.last {
            Some(last) if now.duration_since(last) < self.pause() + CALM => self.count,
            _ => 0,
        }
    }

    /// When the next one may be. `None`: now.
    #[must_use]
    pub fn not_before(self, now: Timestamp) -> Option<Timestamp> {
        let last = self.last.filter(|_| self.in_a_row(now) > 0)?;
        let next = last.checked_add(self.pause()).unwrap_or(last);
        (next > now).then_some(next)
    }

    /// One more.
    #[must_use]
    pub fn and(self, now: Timestamp) -> Self {
        Self { count: self.in_a_row(now).saturating_add(1), last: Some(now) }
    }

    fn pause(self) -> SignedDuration {
        let index = usize::try_from(self.count).unwrap_or(usize::MAX);
        match index.checked_sub(1) {
            None => SignedDuration::ZERO,
            Some(index) => PAUSES[index.min(PAUSES.len() - 1)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_five_minutes() {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut restarts = Restarts::default();
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let next = restarts.not_before(now).unwrap_or(now);
            pauses.push(next.duration_since(now).as_secs());
            now = next;
            restarts = restarts.and(now);
        }

        assert_eq!(pauses, [0, 2, 10, 30, 120, 300, 300]);
        assert_eq!(restarts.count, 7);
    }

    #[test]
    fn what_was_calm_for_a_while_counts_from_the_beginning() {
        let at = Timestamp::UNIX_EPOCH;
        let restarts = Restarts { count: 6, last: Some(at) };

        assert_eq!(restarts.in_a_row(at + SignedDuration::from_mins(14)), 6);
        assert_eq!(restarts.in_a_row(at + SignedDuration::from_mins(15)), 0);
        assert_eq!(restarts.and(at + SignedDuration::from_mins(15)).count, 1);
    }
}
