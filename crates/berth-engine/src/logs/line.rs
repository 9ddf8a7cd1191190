//! One kept line, in memory and in a segment.
//!
//! # Invariants
//!
//! * A line of a segment is `<time> <voice> <generation>.<run> <text>` and ends with a line feed. The
//!   text is what the container said: only line feeds cannot be in it.
//! * No text is longer than [`LONGEST`], with what says how much of it was cut. So one that was cut is
//!   not cut again, and reads back as it was written.

use std::borrow::Cow;

use berth_domain::Timestamp;
use berth_runtime::LogLine;

/// The longest text that is kept. What is longer is cut.
pub(super) const LONGEST: usize = 64 << 10;
/// Room for what says how much was cut.
const SAYS_SO: usize = " [18446744073709551615 bytes more]".len();

/// Who says a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
    /// Berth itself, about the log.
    Berth,
}

/// Which container, and which of its starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Run {
    /// Of the wishes that the container was made by.
    pub generation: u64,
    /// When it was started, in seconds since 1970. 0: nobody knows.
    pub started: i64,
}

/// A line that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kept {
    pub at: Timestamp,
    pub voice: Voice,
    pub run: Run,
    pub text: String,
}

impl Voice {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Out => "o",
            Self::Error => "e",
            Self::Berth => "b",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Out, Self::Error, Self::Berth].into_iter().find(|voice| voice.as_str() == text)
    }
}

impl Kept {
    /// What is kept of a line of the engine. `now` is its time when the engine says none.
    pub(super) fn said(LogLine { at, is_error, text }: LogLine, run: Run, now: Timestamp) -> Self {
        let voice = if is_error { Voice::Error } else { Voice::Out };
        let cut = match cut(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(cut) => Some(cut),
        };
        Self { at: at.unwrap_or(now), voice, run, text: cut.unwrap_or(text) }
    }

    /// Adds the line to what is about to be written.
    pub(super) fn write(&self, buffer: &mut Vec<u8>) {
        let Run { generation, started } = self.run;
        let text = cut(&self.text);
        let head = format!("{} {} {generation}.{started} ", self.at, self.voice.as_str());
        buffer.extend_from_slice(head.as_bytes());
        buffer.extend(text.bytes().map(|byte| if byte == b'\n' { b' ' } else { byte }));
        buffer.push(b'\n');
    }

    /// Reads a line of a segment, without its end. `None`: it is none, or only part of one.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        let (at, rest) = line.split_once(' ')?;
        let (voice, rest) = rest.split_once(' ')?;
        let (run, text) = rest.split_once(' ')?;
        let (generation, started) = run.split_once('.')?;
        Some(Self {
            at: at.parse().ok()?,
            voice: Voice::parse(voice)?,
            run: Run { generation: generation.parse().ok()?, started: started.parse().ok()? },
            text: text.to_owned(),
        })
    }
}

/// What is kept of a text.
fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(LONGEST - SAYS_SO);
    Cow::Owned(format!("{} [{} bytes more]", &text[..end], text.len() - end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(text: &str) -> Kept {
        Kept {
            at: "2026-05-04T10:00:00.000000001Z".parse().unwrap(),
            voice: Voice::Error,
            run: Run { generation: 3, started: 1_790_000_000 },
            text: text.to_owned(),
        }
    }

    fn round(line: &Kept) -> Option<Kept> {
        let mut buffer = Vec::new();
        line.write(&mut buffer);
        assert_eq!(buffer.split(|byte| *byte == b'\n').count(), 2);
        Kept::read(buffer.strip_suffix(b"\n").unwrap())
    }

    #[test]
    fn a_line_is_plain_text_in_a_segment() {
        let mut buffer = Vec::new();

        kept("odoo: ready").write(&mut buffer);

        let text = String::from_utf8(buffer).unwrap();
        assert_eq!(text, "2026-05-04T10:00:00.000000001Z e 3.1790000000 odoo: ready\n");
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_and_says_so() {
        let back = round(&kept(&"ü".repeat(1 << 19))).unwrap();

        assert!(back.text.len() <= LONGEST);
        assert!(back.text.ends_with("ü [983074 bytes more]"), "{}", &back.text[LONGEST - 40..]);
        assert_eq!(round(&back), Some(back), "it is not cut again");
    }

    proptest! {
        #[test]
        fn whatever_a_container_says_reads_back(text in "[^\n]{0,80}") {
            let line = kept(&text);

            prop_assert_eq!(round(&line), Some(line));
        }

        #[test]
        fn nothing_in_a_segment_makes_a_reader_fall_over(bytes: Vec<u8>) {
            let _ = Kept::read(&bytes);
        }

        #[test]
        fn part_of_a_line_is_no_other_line(text in "[^\n]{0,20}", cut in 0_usize..80) {
            let mut buffer = Vec::new();
            kept(&text).write(&mut buffer);
            let part = &buffer[..cut.min(buffer.len() - 1)];

            // A reader only takes lines with an end; this is for those who look at the head.
            prop_assert!(Kept::read(part).is_none_or(|line| text.starts_with(&line.text)));
        }
    }
}
