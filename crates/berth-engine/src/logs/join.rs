//! Puts what the engine says again together with what is kept already.
//!
//! # Invariants
//!
//! * No line is lost and none is there twice, however often and wherever reading breaks off, as long
//!   as the engine still has what was not kept.
//! * Two outputs of a container may be a little out of order, and lines may be alike down to their
//!   time: within the last second lines are counted, not compared by time alone.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use berth_domain::Timestamp;

use super::line::{Kept, Voice};

/// Within this time of the newest line, others may still be missing.
const WINDOW: Duration = Duration::from_secs(1);

/// The last lines that are there.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent {
    newest: Option<Timestamp>,
    lines: VecDeque<(Timestamp, u64)>,
}

/// What a reader has to leave out.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlap {
    there: HashMap<u64, u32>,
    /// How many of them the engine said again.
    met: u64,
}

impl Recent {
    /// A line is there. Its order among others of the last second does not matter.
    pub(super) fn note(&mut self, line: &Kept) {
        if line.voice == Voice::Berth {
            return;
        }
        self.newest = self.newest.max(Some(line.at));
        self.lines.push_back((line.at, digest(line)));
        let Some(from) = self.begins() else { return };
        while self.lines.front().is_some_and(|(at, _)| *at < from) {
            self.lines.pop_front();
        }
    }

    /// When the window begins. `None`: nothing is there.
    pub(super) fn begins(&self) -> Option<Timestamp> {
        self.newest.map(|newest| newest - WINDOW)
    }

    /// The newest line's time.
    pub(super) const fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Behind which time the engine has to be asked. `None`: for everything.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.begins().map(|begins| begins - Duration::from_nanos(1))
    }

    /// What has to be left out of what the engine says then.
    pub(super) fn overlap(&self) -> Overlap {
        let mut overlap = Overlap::default();
        let begins = self.begins();
        for (_, digest) in self.lines.iter().filter(|(at, _)| begins.is_some_and(|it| *at >= it)) {
            *overlap.there.entry(*digest).or_default() += 1;
        }
        overlap
    }
}

impl Overlap {
    /// Whether a line that the engine says is not there yet.
    pub(super) fn is_new(&mut self, line: &Kept) -> bool {
        match self.there.get_mut(&digest(line)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                self.met += 1;
                false
            }
            _ => true,
        }
    }

    /// Whether the engine said again anything that is there: nothing can be missing in between.
    pub(super) const fn was_met(&self) -> bool {
        self.met > 0
    }
}

/// What makes two lines the same one. The text counts as far as it is kept.
fn digest(line: &Kept) -> u64 {
    let mut written = Vec::with_capacity(line.text.len() + 64);
    Kept { run: super::line::Run::default(), ..line.clone() }.write(&mut written);
    let mut hasher = DefaultHasher::new();
    written.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use berth_runtime::LogLine;

    use super::super::line::{LONGEST, Run};
    use super::*;

    fn line(millis: i64, voice: Voice, text: &str) -> Kept {
        Kept {
            at: Timestamp::from_millisecond(1_790_000_000_000 + millis).unwrap(),
            voice,
            run: Run::default(),
            text: text.to_owned(),
        }
    }

    /// What an engine says when it is asked for what is younger.
    fn asked(all: &[Kept], since: Option<Timestamp>) -> Vec<Kept> {
        all.iter().filter(|line| since.is_none_or(|since| line.at > since)).cloned().collect()
    }

    /// What a reader makes of a line of the engine.
    fn taken(Kept { at, voice, run, text }: Kept) -> Kept {
        let is_error = voice == Voice::Error;
        Kept::said(LogLine { at: Some(at), is_error, text }, run, Timestamp::UNIX_EPOCH)
    }

    /// What is read of a line that was written.
    fn written(line: &Kept) -> Kept {
        let mut segment = Vec::new();
        line.write(&mut segment);
        Kept::read(segment.strip_suffix(b"\n").unwrap()).unwrap()
    }

    /// Mostly nothing or little, now and then more than is kept.
    fn text() -> impl Strategy<Value = String> {
        let long = (0_usize..80).prop_map(|more| "x".repeat(LONGEST - 40 + more));
        prop_oneof![12 => Just(String::new()), 12 => Just("x".to_owned()), 1 => long]
    }

    /// Lines of two outputs that are up to half a second out of order, many of them alike.
    fn said() -> impl Strategy<Value = Vec<Kept>> {
        let step = (0_i64..400, 0_i64..500, any::<bool>(), text());
        prop::collection::vec(step, 0..60).prop_map(|steps| {
            let mut now = 0;
            let mut lines = Vec::new();
            for (ahead, late, is_error, text) in steps {
                now += ahead;
                let (voice, at) =
                    if is_error { (Voice::Error, now) } else { (Voice::Out, now - late) };
                lines.push(line(at, voice, &text));
            }
            lines
        })
    }

    proptest! {
        #[test]
        fn reading_that_breaks_off_anywhere_loses_and_repeats_nothing(
            all in said(),
            breaks in prop::collection::vec(0_usize..60, 0..6),
        ) {
            let mut kept: Vec<Kept> = Vec::new();
            for until in breaks.iter().map(|cut| cut % (all.len() + 1)).chain([all.len()]) {
                let mut recent = Recent::default();
                for line in &kept {
                    recent.note(line);
                }
                // A reader that is cut off has seen the beginning of what the engine has by then.
                let there = &all[..until.max(kept.len()).min(all.len())];
                let mut overlap = recent.overlap();
                let new = asked(there, recent.since()).into_iter().map(taken);
                kept.extend(new.filter(|line| overlap.is_new(line)).map(|line| written(&line)));
            }

            prop_assert!(kept.iter().all(|line| line.text.len() <= LONGEST));
            // Not shown when it fails: lines may be long.
            prop_assert!(kept == all.into_iter().map(taken).collect::<Vec<_>>());
        }
    }

    #[test]
    fn lines_alike_in_everything_are_counted() {
        let twice = [line(0, Voice::Error, ""), line(0, Voice::Error, "")];
        let mut recent = Recent::default();
        recent.note(&twice[0]);
        let mut overlap = recent.overlap();

        assert!(!overlap.is_new(&twice[0]));
        assert!(overlap.is_new(&twice[1]));
        assert!(overlap.was_met());
    }

    #[test]
    fn a_line_that_was_cut_is_the_same_one_when_the_engine_says_it_again() {
        let whole = line(0, Voice::Error, &"ü".repeat(128 << 10));
        let mut recent = Recent::default();
        recent.note(&written(&taken(whole.clone())));
        let mut overlap = recent.overlap();

        assert!(!overlap.is_new(&taken(whole)));
        assert!(overlap.was_met());
    }

    #[test]
    fn what_berth_says_is_not_what_the_engine_says() {
        let mut recent = Recent::default();
        recent.note(&line(0, Voice::Berth, "x"));

        assert_eq!(recent.since(), None);
    }
}
