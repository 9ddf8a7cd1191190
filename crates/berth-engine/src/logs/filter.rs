//! Which lines somebody wants to see.
//!
//! # Invariants
//!
//! * A message is wanted as a whole or not at all: a traceback stays with the line that it belongs to.
//! * What is held back until it is decided is bounded.

use std::mem;

use berth_domain::Timestamp;
use berth_odoo::log_line::{self, Level};

use super::line::{Kept, Run, Voice};

/// Lines of one message that are held back at most. Later ones are only searched.
const HELD: usize = 1000;

/// What somebody wants to see. `None` leaves a condition out.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Only younger ones.
    pub(super) since: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    /// Somewhere in the message, whatever the case.
    pub(super) search: Option<String>,
    /// Of messages at least so important.
    pub(super) level: Option<Level>,
    pub(super) run: Option<Run>,
}

/// Passes on what is wanted.
#[derive(Debug)]
pub(super) struct Filter {
    wanted: Wanted,
    /// The message that is being read, of standard output and of standard error.
    messages: [Message; 2],
}

#[derive(Debug, Default)]
struct Message {
    held: Vec<Kept>,
    has_level: bool,
    has_text: bool,
    is_wanted: bool,
}

impl Filter {
    pub(super) fn new(mut wanted: Wanted) -> Self {
        wanted.search = wanted.search.map(|text| text.to_lowercase());
        Self { wanted, messages: Default::default() }
    }

    /// Takes the next line, and adds what is wanted by now to `out`.
    pub(super) fn push(&mut self, line: Kept, out: &mut impl Extend<Kept>) {
        let Wanted { since, until, run, .. } = &self.wanted;
        let is_outside = since.is_some_and(|since| line.at <= since)
            || until.is_some_and(|until| line.at > until)
            || run.is_some_and(|run| line.run != run);
        if is_outside {
            return;
        }
        if self.wanted.level.is_none() && self.wanted.search.is_none() {
            return out.extend([line]);
        }
        let level = level_of(&line);
        let message = match line.voice {
            Voice::Out => &mut self.messages[0],
            Voice::Error => &mut self.messages[1],
            Voice::Berth => {
                let has_level = self.wanted.level.is_none_or(|least| Level::Warning >= least);
                return if has_level && contains(&self.wanted, &line.text) {
                    out.extend([line]);
                };
            }
        };
        if level.is_some() && !log_line::is_traceback(&line.text) {
            *message = Message::default();
        }
        message.has_level |= match (self.wanted.level, level) {
            (None, _) => true,
            (Some(least), Some(level)) => level >= least,
            (Some(_), None) => false,
        };
        message.has_text |= contains(&self.wanted, &line.text);
        message.is_wanted |= message.has_level && message.has_text;
        if message.is_wanted {
            out.extend(mem::take(&mut message.held));
            out.extend([line]);
        } else if message.held.len() < HELD {
            message.held.push(line);
        }
    }
}

/// What a line says about the message that it begins, or that it goes on with.
fn level_of(line: &Kept) -> Option<Level> {
    // What ends a server has no level of its own.
    let traceback = || log_line::is_traceback(&line.text).then_some(Level::Error);
    log_line::level(&line.text).or_else(traceback)
}

fn contains(wanted: &Wanted, text: &str) -> bool {
    wanted.search.as_ref().is_none_or(|search| text.to_lowercase().contains(search))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Kept> {
        let line = |(n, text): (usize, &&str)| Kept {
            at: Timestamp::from_second(i64::try_from(n).unwrap()).unwrap(),
            voice: if text.starts_with("out") { Voice::Out } else { Voice::Error },
            run: Run { generation: 1, started: 0 },
            text: (*text).to_owned(),
        };
        texts.iter().enumerate().map(line).collect()
    }

    fn seen(wanted: Wanted, texts: &[&str]) -> Vec<String> {
        let mut filter = Filter::new(wanted);
        let mut out = Vec::new();
        for line in lines(texts) {
            filter.push(line, &mut out);
        }
        out.into_iter().map(|line| line.text).collect()
    }

    const INFO: &str = "2026-05-04 10:00:00,123 7 INFO t odoo: hello";
    const ERROR: &str = "2026-05-04 10:00:00,123 7 ERROR t odoo: oh";
    const TRACE: &str = "Traceback (most recent call last):";

    #[test]
    fn a_traceback_stays_with_its_message() {
        let texts = [INFO, ERROR, TRACE, "out of it", "  File x", "ValueError: Bad", INFO];
        let error = Wanted { level: Some(Level::Error), ..Wanted::default() };
        let search = Wanted { search: Some("valueerror: bad".into()), ..Wanted::default() };

        assert_eq!(seen(error, &texts), [ERROR, TRACE, "  File x", "ValueError: Bad"]);
        assert_eq!(seen(search, &texts), [ERROR, TRACE, "  File x", "ValueError: Bad"]);
    }

    #[test]
    fn a_traceback_without_a_message_is_an_error() {
        let error = Wanted { level: Some(Level::Error), ..Wanted::default() };

        assert_eq!(seen(error, &[INFO, TRACE, "  File x", INFO]), [INFO, TRACE, "  File x"]);
    }

    #[test]
    fn both_conditions_hold_for_one_message() {
        let wanted = Wanted {
            level: Some(Level::Error),
            search: Some("file y".into()),
            ..Wanted::default()
        };

        assert_eq!(
            seen(wanted, &[ERROR, TRACE, "  File x", INFO, "file y", ERROR, "File Y"]),
            [ERROR, "File Y"]
        );
    }

    #[test]
    fn times_and_runs_are_cut_exactly() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let wanted = Wanted { since: at(0), until: at(2), ..Wanted::default() };
        let other = Wanted { run: Some(Run { generation: 2, started: 0 }), ..Wanted::default() };

        assert_eq!(seen(wanted, &["a", "b", "c", "d"]), ["b", "c"]);
        assert!(seen(other, &["a"]).is_empty());
    }
}
