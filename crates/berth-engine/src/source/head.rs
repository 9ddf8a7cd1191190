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
        for piece in pieces {
            is_over(&piece, &mut head, &mut found);
        }
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
    false
}

fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(EXCERPT).collect()
}

fn tell(found: Vec<String>, problems: &mut Problems) {
    let more = found.len().saturating_sub(TOLD);
    for problem in found.into_iter().take(TOLD) {
        problems.add(FIELD, format!("its dump.sql cannot be used: {problem}"));
    }
    if more > 0 {
        problems.add(FIELD, format!("and {more} more problems of its dump.sql"));
    }
}
