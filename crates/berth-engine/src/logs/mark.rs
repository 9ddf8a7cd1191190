//! How far somebody has read, so that they can go on there.
//!
//! # Invariants
//!
//! * Lines are told in the order in which they are kept, which is not always that of their times: standard
//!   output and standard error are written down by different threads. So a place is found by its line, and
//!   by the time only when that line is not kept any more.
//! * Whoever goes on misses nothing. Nothing is told twice, unless lines of one time stand apart.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use berth_domain::Timestamp;

use super::line::{Kept, Voice};

/// How far before a line is read again to find it, and how far behind it is looked for at most.
pub(crate) const AROUND: Duration = Duration::from_secs(10);

/// A line that was told: its time, and the how-manieth of that time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub at: Timestamp,
    /// From 1.
    pub nth: u32,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at, self.nth)
    }
}

/// It is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in a log")]
pub struct NoMark;

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, nth) = text.split_once('/').ok_or(NoMark)?;
        let at = at.parse().map_err(|_| NoMark)?;
        let nth = nth.parse().ok().filter(|nth| *nth > 0).ok_or(NoMark)?;
        Ok(Self { at, nth })
    }
}

/// Marks lines as they are told.
#[derive(Debug, Default)]
pub struct Marker {
    last: Option<Mark>,
}

impl Marker {
    /// Goes on behind a line that was told before.
    #[must_use]
    pub const fn behind(last: Option<Mark>) -> Self {
        Self { last }
    }

    /// Returns where a line stands. `None`: it is Berth's own, about what cannot be read just now, and stands
    /// nowhere.
    pub fn mark(&mut self, line: &Kept) -> Option<Mark> {
        if line.voice == Voice::Berth {
            return None;
        }
        let last = self.last.filter(|last| last.at == line.at);
        // Where somebody was before is what they say.
        let nth = last.map_or(1, |last| last.nth.saturating_add(1));
        let mark = Mark { at: line.at, nth };
        self.last = Some(mark);
        Some(mark)
    }
}

/// Leaves out what was told already.
#[derive(Debug)]
pub(super) struct Behind {
    seen: Mark,
    /// How many lines of its time came.
    met: u32,
    is_found: bool,
    /// What is to be told if it does not come.
    held: Vec<Kept>,
}

impl Behind {
    pub(super) const fn new(seen: Mark) -> Self {
        Self { seen, met: 0, is_found: false, held: Vec::new() }
    }

    /// Whether it is known where to go on.
    pub(super) const fn is_found(&self) -> bool {
        self.is_found
    }

    /// What comes behind the line, or is younger than it.
    pub(super) fn rest(self) -> Vec<Kept> {
        self.held
    }

    fn take(&mut self, line: Kept) {
        if self.is_found {
            self.held.push(line);
        } else if line.at == self.seen.at && line.voice != Voice::Berth {
            self.met += 1;
            if self.met == self.seen.nth {
                self.is_found = true;
                self.held.clear();
            }
        } else if line.at > self.seen.at {
            self.is_found = line.at.duration_since(self.seen.at).unsigned_abs() > AROUND;
            self.held.push(line);
        }
    }
}

impl Extend<Kept> for Behind {
    fn extend<T: IntoIterator<Item = Kept>>(&mut self, lines: T) {
        lines.into_iter().for_each(|line| self.take(line));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::line::Run;
    use super::*;

    /// Lines whose times are these, in seconds.
    fn lines(times: &[i64]) -> Vec<Kept> {
        let line = |(index, at): (usize, &i64)| Kept {
            at: Timestamp::from_second(*at).unwrap(),
            voice: Voice::Out,
            run: Run::default(),
            text: index.to_string(),
        };
        times.iter().enumerate().map(line).collect()
    }

    fn marks(lines: &[Kept]) -> Vec<Mark> {
        let mut marker = Marker::default();
        lines.iter().map(|line| marker.mark(line).unwrap()).collect()
    }

    fn told(seen: Mark, lines: Vec<Kept>) -> Vec<String> {
        let mut behind = Behind::new(seen);
        behind.extend(lines);
        behind.rest().into_iter().map(|line| line.text).collect()
    }

    proptest! {
        #[test]
        fn whoever_goes_on_behind_any_line_gets_the_rest(
            steps in proptest::collection::vec(0_i64..3, 1..30),
            cut in any::<prop::sample::Index>(),
        ) {
            let times: Vec<i64> =
                steps.iter().scan(0, |at, step| { *at += step; Some(*at) }).collect();
            let all = lines(&times);
            let cut = cut.index(all.len());
            let seen = marks(&all)[cut];
            let rest: Vec<String> = (cut + 1..all.len()).map(|index| index.to_string()).collect();

            prop_assert_eq!(told(seen, all), rest);
        }

        #[test]
        fn a_mark_reads_as_what_it_was(second in 0_i64..4_000_000_000, nano in 0_i32..1_000_000_000, nth in 1_u32..) {
            let mark = Mark { at: Timestamp::new(second, nano).unwrap(), nth };

            prop_assert_eq!(mark.to_string().parse(), Ok(mark));
        }
    }

    #[test]
    fn an_older_line_that_was_written_down_later_is_told() {
        let all = lines(&[5, 7, 6, 8]);

        assert_eq!(told(marks(&all)[1], all), ["2", "3"]);
    }

    #[test]
    fn behind_a_line_that_is_gone_comes_what_is_younger() {
        let seen = Mark { at: Timestamp::from_second(6).unwrap(), nth: 1 };

        assert_eq!(told(seen, lines(&[4, 5, 7, 8, 30, 29])), ["2", "3", "4", "5"]);
    }

    #[test]
    fn what_berth_says_of_the_log_stands_nowhere() {
        let mut line = lines(&[1]).remove(0);
        line.voice = Voice::Berth;

        assert_eq!(Marker::default().mark(&line), None);
    }

    #[test]
    fn a_number_that_nothing_comes_behind_breaks_nothing() {
        let line = lines(&[1]).remove(0);
        let most = Mark { at: line.at, nth: u32::MAX };

        assert_eq!(Marker::behind(Some(most)).mark(&line), Some(most));
    }

    #[test]
    fn what_is_no_mark_is_refused() {
        for text in [
            "",
            "7",
            "2026-12-01T05:00:00Z",
            "2026-12-01T05:00:00Z/0",
            "x/1",
            "2026-12-01T05:00:00Z/-1",
        ] {
            assert_eq!(text.parse::<Mark>(), Err(NoMark), "{text}");
        }
    }
}
