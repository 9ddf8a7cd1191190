//! The instants of an expression in a time zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::Cron;

/// How far to look: 29 February on one day of the week comes back within forty years, even over a
/// year such as 2100.
const DAYS: u32 = 366 * 41;

impl Cron {
    /// Returns the first moment after `after`. `None`: none that the calendar can express.
    #[must_use]
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // The day before as well: a day that a zone leaves out ends on the next.
        let mut date = zone.to_datetime(after).date().checked_sub(1.day()).ok()?;
        for _ in 0..DAYS {
            if let Some(found) = self.on(date, zone).into_iter().find(|moment| *moment > after) {
                return Some(found);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// Returns the last moment that is not after `until`.
    #[must_use]
    pub fn last(&self, until: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut date = zone.to_datetime(until).date();
        for _ in 0..DAYS {
            if let Some(found) = self.on(date, zone).into_iter().rev().find(|it| *it <= until) {
                return Some(found);
            }
            date = date.yesterday().ok()?;
        }
        None
    }

    /// Returns the next moments, at most `how_many`.
    #[must_use]
    pub fn upcoming(&self, after: Timestamp, zone: &TimeZone, how_many: usize) -> Vec<Timestamp> {
        let next = |last: &Timestamp| self.next(*last, zone);
        std::iter::successors(self.next(after, zone), next).take(how_many).collect()
    }

    /// The moments that are called a time of this day, in order.
    fn on(&self, date: Date, zone: &TimeZone) -> Vec<Timestamp> {
        if !self.is_day(date) {
            return Vec::new();
        }
        let mut moments = Vec::new();
        for hour in self.hour.numbers() {
            for minute in self.minute.numbers() {
                let time = Time::new(hour.cast_signed(), minute.cast_signed(), 0, 0);
                let Ok(time) = time else { continue };
                self.at(date.to_datetime(time), zone, &mut moments);
            }
        }
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    fn at(&self, wall: DateTime, zone: &TimeZone, moments: &mut Vec<Timestamp>) {
        match zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => moments.extend(offset.to_timestamp(wall)),
            AmbiguousOffset::Fold { before, after } => {
                moments.extend(before.to_timestamp(wall));
                if self.follows_the_clock() {
                    moments.extend(after.to_timestamp(wall));
                }
            }
            AmbiguousOffset::Gap { .. } if self.follows_the_clock() => {}
            AmbiguousOffset::Gap { before, .. } => {
                moments.extend(before.to_timestamp(wall).ok().and_then(|at| begin(at, zone)));
            }
        }
    }
}

/// The last change of the zone's clocks up to `at`: where the gap ends that `at` would have been in.
fn begin(at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let behind = at.checked_add(1.second()).ok()?;
    zone.preceding(behind).next().map(|change| change.timestamp())
}
