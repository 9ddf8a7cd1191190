//! Lines of a log, gathered into what was said at once: a message of Odoo and the traceback behind it are
//! one entry.
//!
//! # Invariants
//!
//! * No line is lost, and none is there twice.
//! * What is held back until an entry is whole is bounded.

use berth_domain::Timestamp;
use berth_engine::logs::{self, Kept, Level, Voice};

use super::harmless;

/// Lines behind the first one that are kept together at most.
const LONGEST: usize = 500;

/// Something that was said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// `14:20:57.113`, in universal time.
    pub(super) at: String,
    /// The same for machines.
    pub(super) stamp: String,
    /// How it stands out: `err`, `warn`, `dbg` or nothing.
    pub(super) class: &'static str,
    pub(super) level: &'static str,
    pub(super) source: String,
    pub(super) logger: String,
    pub(super) text: Vec<Piece>,
    /// What stands behind its first line, and how much that is.
    pub(super) rest: Option<(String, Vec<Behind>)>,
    /// Whether Berth says it about the log.
    pub(super) is_mark: bool,
}

/// Part of a text, which may be what was searched for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) is_hit: bool,
    pub(super) text: String,
}

/// A line behind the first one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Behind {
    /// Whether it says what went wrong.
    pub(super) is_end: bool,
    pub(super) text: Vec<Piece>,
}

/// Gathers lines.
#[derive(Debug)]
pub(super) struct Entries {
    search: String,
    /// What is being said on standard output and on standard error.
    open: [Option<Open>; 2],
    /// The day of the last entry, since 1970.
    day: Option<i64>,
}

#[derive(Debug)]
struct Open {
    first: Kept,
    rest: Vec<String>,
}

impl Entries {
    /// `search` is what to mark.
    pub(super) fn new(search: &str) -> Self {
        Self { search: search.to_owned(), open: Default::default(), day: None }
    }

    /// Whether something is held back.
    pub(super) fn is_open(&self) -> bool {
        self.open.iter().any(Option::is_some)
    }

    /// Takes the next line, and returns what is whole by now.
    pub(super) fn push(&mut self, line: Kept) -> Vec<Entry> {
        let Kept { at, voice, run, text } = line;
        let line = Kept { at, voice, run, text: harmless::text(&text) };
        let slot = match line.voice {
            Voice::Out => 0,
            Voice::Error => 1,
            Voice::Berth => {
                let mut whole = self.finish();
                whole.extend(self.close(Open { first: line, rest: Vec::new() }));
                return whole;
            }
        };
        let is_first = logs::head(&line.text).is_some();
        let is_traceback = logs::is_traceback(&line.text);
        if let Some(open) = &mut self.open[slot]
            && !is_first
            && open.rest.len() < LONGEST
        {
            open.rest.push(line.text);
            return Vec::new();
        }
        let mut whole = Vec::new();
        if let Some(open) = self.open[slot].take() {
            whole.extend(self.close(open));
        }
        let open = Open { first: line, rest: Vec::new() };
        if is_first || is_traceback {
            self.open[slot] = Some(open);
        } else {
            whole.extend(self.close(open));
        }
        whole
    }

    /// Nothing more is said for now.
    pub(super) fn finish(&mut self) -> Vec<Entry> {
        let mut open: Vec<Open> = self.open.iter_mut().filter_map(Option::take).collect();
        open.sort_by_key(|open| open.first.at);
        open.into_iter().flat_map(|open| self.close(open)).collect()
    }

    /// An entry, and before it the day if that is another one.
    fn close(&mut self, Open { first, rest }: Open) -> Vec<Entry> {
        let day = first.at.as_second().div_euclid(86_400);
        let is_new_day = self.day.replace(day).is_some_and(|last| last != day);
        let mut entries = Vec::with_capacity(2);
        if is_new_day {
            entries.push(mark(first.at, &first.at.strftime("%-d %b %Y").to_string()));
        }
        entries.push(self.entry(first, &rest));
        entries
    }

    fn entry(&self, first: Kept, rest: &[String]) -> Entry {
        let Kept { at, voice, run: _, text } = first;
        if voice == Voice::Berth {
            return mark(at, &text);
        }
        let head = logs::head(&text);
        let level = match head {
            Some(head) => Some(head.level),
            // What ends a server has no level of its own.
            None => logs::is_traceback(&text).then_some(Level::Error),
        };
        let source = match head {
            Some(head) => format!("pid {}", head.process),
            None if voice == Voice::Out => "stdout".to_owned(),
            None => "stderr".to_owned(),
        };
        Entry {
            at: clock(at),
            stamp: at.to_string(),
            class: class(level),
            level: level.map_or("", Level::as_str),
            source,
            logger: head.map(|head| head.logger.to_owned()).unwrap_or_default(),
            rest: self.behind(&text, rest),
            text: self.pieces(head.map_or(text.as_str(), |head| head.text)),
            is_mark: false,
        }
    }

    fn behind(&self, first: &str, rest: &[String]) -> Option<(String, Vec<Behind>)> {
        let end = rest.iter().rposition(|line| !line.trim().is_empty())?;
        let is_traceback =
            std::iter::once(first).chain(rest.iter().map(String::as_str)).any(logs::is_traceback);
        let frames = rest.iter().filter(|line| line.trim_start().starts_with("File \"")).count();
        let (count, what) = if frames > 0 { (frames, "frame") } else { (rest.len(), "line") };
        let plural = if count == 1 { "" } else { "s" };
        let line = |(index, text): (usize, &String)| Behind {
            is_end: is_traceback && index == end,
            text: self.pieces(text),
        };
        let lines = rest.iter().enumerate().map(line).collect();
        Some((format!("{count} {what}{plural}"), lines))
    }

    /// The text, cut where what was searched for begins and ends.
    fn pieces(&self, text: &str) -> Vec<Piece> {
        let piece = |is_hit, text: &str| {
            (!text.is_empty()).then(|| Piece { is_hit, text: text.to_owned() })
        };
        if self.search.is_empty() {
            return piece(false, text).into_iter().collect();
        }
        // Of other letters the case counts here: theirs may be longer than the letters themselves.
        let (low, search) = (text.to_ascii_lowercase(), self.search.to_ascii_lowercase());
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, hit) in low.match_indices(&search) {
            pieces.extend(piece(false, &text[from..at]));
            from = at + hit.len();
            pieces.extend(piece(true, &text[at..from]));
        }
        pieces.extend(piece(false, &text[from..]));
        pieces
    }
}

fn mark(at: Timestamp, text: &str) -> Entry {
    Entry {
        at: clock(at),
        stamp: at.to_string(),
        class: "",
        level: "",
        source: String::new(),
        logger: String::new(),
        text: vec![Piece { is_hit: false, text: text.to_owned() }],
        rest: None,
        is_mark: true,
    }
}

fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3f").to_string()
}

const fn class(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Error | Level::Critical) => "err",
        Some(Level::Warning) => "warn",
        Some(Level::Debug) => "dbg",
        Some(Level::Info) | None => "",
    }
}

#[cfg(test)]
mod tests;
