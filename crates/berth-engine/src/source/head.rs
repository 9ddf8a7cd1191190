//! The head of a dump: what stands before its first data.

use std::io::Read;

use berth_domain::Problems;
use berth_postgres::dump::script::{Piece, Splitter};
use berth_postgres::dump::verdict::{Verdict, judge};

use super::FIELD;

/// Definitions of a large Odoo take some megabytes; extensions stand before all of them.
const LONGEST: u64 = 64 << 20;
/// How many problems of the dump are told one by one.
const TOLD: usize = 10;
/// No Odoo has more extensions than this.
pub(crate) const MOST_EXTENSIONS: usize = 100;
/// As much of a statement as a person wants to read.
const EXCERPT: usize = 80;

/// What the head says.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) server_major: Option<u32>,
    pub(super) extensions: Vec<String>,
}

/// Reads until the first data, and notes everything that would be refused.
pub(super) fn read(from: impl Read, problems: &mut Problems) -> Head {
    let mut head = Head::default();
    let mut splitter = Splitter::default();
    let mut from = from.take(LONGEST);
    let mut buffer = vec![0; 64 << 10];
    let mut pieces = Vec::new();
    let mut found = Vec::new();
    let is_cut = loop {
        match from.read(&mut buffer) {
            Ok(0) => break from.limit() == 0,
            Ok(count) => splitter.push(&buffer[..count], &mut pieces),
            Err(error) => {
                found.push(error.to_string());
                break true;
            }
        }
        head.server_major = splitter.server_major();
        if pieces.drain(..).any(|piece| is_over(&piece, &mut head, &mut found)) {
            break true;
        }
    };
    if !is_cut {
        // All of it was read: whether it is whole is known too.
        head.server_major = splitter.server_major();
        splitter.finish(&mut pieces);
        let _ = pieces.iter().any(|piece| is_over(piece, &mut head, &mut found));
    }
    tell(found, problems);
    head
}

/// Notes what a piece says. Returns whether the head is over.
fn is_over(piece: &Piece, head: &mut Head, found: &mut Vec<String>) -> bool {
    match piece {
        Piece::Copy { .. } => return true,
        Piece::Refused(error) => found.push(error.to_string()),
        Piece::Statement { line, text } => match judge(text) {
            Verdict::Extension(name) if !head.extensions.contains(&name) => {
                head.extensions.push(name);
            }
            Verdict::Refuse(why) => {
                found.push(format!("line {line}: `{}` is refused: {why}", excerpt(text)));
            }
            _ => {}
        },
        Piece::Data(_) | Piece::EndOfData | Piece::End => {}
    }
    if head.extensions.len() > MOST_EXTENSIONS {
        head.extensions.clear();
        found.push(format!("it asks for more than {MOST_EXTENSIONS} extensions"));
        return true;
    }
    // Whoever has read so many reads no further; and what is read must not fill the memory.
    found.len() > TOLD
}

fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(EXCERPT).collect()
}

fn tell(found: Vec<String>, problems: &mut Problems) {
    let is_more = found.len() > TOLD;
    for problem in found.into_iter().take(TOLD) {
        problems.add(FIELD, format!("its dump.sql cannot be used: {problem}"));
    }
    if is_more {
        problems.add(FIELD, "its dump.sql has more problems than these");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(dump: impl Read) -> Vec<String> {
        let mut problems = Problems::default();
        read(dump, &mut problems);
        problems.0.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn of_a_dump_that_is_wrong_all_over_a_few_problems_are_told() {
        // As long as it may be: whoever collected them all would run out of memory.
        let told = problems_of(std::io::repeat(b'\\').take(8).chain(io_lines()));

        assert_eq!(told.len(), TOLD + 1, "{told:?}");
        assert_eq!(told[TOLD], "its dump.sql has more problems than these");
    }

    /// Endless lines that a server never sees.
    fn io_lines() -> impl Read {
        struct Lines(bool);
        impl Read for Lines {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                for byte in buffer.iter_mut() {
                    *byte = if self.0 { b'\\' } else { b'\n' };
                    self.0 = !self.0;
                }
                Ok(buffer.len())
            }
        }
        Lines(false)
    }

    #[test]
    fn a_dump_that_asks_for_hundreds_of_extensions_is_refused_in_one_sentence() {
        let names = (0..5000).map(|n| format!("CREATE EXTENSION IF NOT EXISTS x{n};\n"));
        let dump = names.collect::<String>();

        let told = problems_of(dump.as_bytes());

        assert_eq!(told, ["its dump.sql cannot be used: it asks for more than 100 extensions"]);
    }
}
