//! A plain dump, taken apart into statements and the data of `COPY`.
//!
//! `psql` is not used for dumps of somebody else: it carries out what begins with a backslash, and
//! `\!`, `\copy`, `\o`, `\i` and `\connect` start programs, read and write files and change the user.
//! Here a backslash is nothing but a mistake of the dump.
//!
//! The rules are those of psql's own lexer (`src/fe_utils/psqlscan.l`): quotes, dollar quotes, nested
//! comments, parentheses and `BEGIN ATOMIC` bodies hide semicolons.
//!
//! # Invariants
//!
//! * Memory is bounded by the longest statement, and that by [`LONGEST_STATEMENT`]. Data passes in
//!   pieces.
//! * Whatever the bytes, pieces come in an order that can be carried out: data only after its
//!   statement, and an end after the data. The last piece is [`Piece::End`] or a refusal.

mod data;
mod scan;

use data::Data;
use scan::{Scan, Scanned};

/// A row of an old Odoo may hold an attachment of some dozen megabytes, written in hexadecimal.
pub const LONGEST_STATEMENT: usize = 256 << 20;

/// The last comment of every dump that `pg_dump` finished.
const COMPLETE: &str = "PostgreSQL database dump complete";
const FROM_VERSION: &str = "Dumped from database version ";

/// One part of a dump. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Without comments and without its semicolon.
    Statement {
        line: u64,
        text: String,
    },
    /// A `COPY … FROM stdin`; data follows.
    Copy {
        line: u64,
        text: String,
    },
    Data(Vec<u8>),
    EndOfData,
    /// What stood here is left out.
    Refused(ScriptError),
    /// The dump is whole. Nothing follows.
    End,
}

/// Why a part of a dump cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    #[error("line {line}: `{command}` is a command of psql, which is not carried out")]
    Backslash { line: u64, command: String },
    #[error("line {line}: the statement is longer than {} MiB", LONGEST_STATEMENT >> 20)]
    TooLong { line: u64 },
    #[error("line {line}: the statement is not UTF-8")]
    NotUtf8 { line: u64 },
    #[error("line {line}: a `COPY` is followed by something else than its data")]
    NoData { line: u64 },
    #[error("the dump was cut off after line {line}")]
    CutOff { line: u64 },
}

/// Takes a dump apart while it arrives.
#[derive(Debug)]
pub struct Splitter {
    scan: Scan,
    /// `Some` while the data of a `COPY` arrives.
    data: Option<Data>,
    line: u64,
    server: Option<u32>,
    is_complete: bool,
}

impl Default for Splitter {
    fn default() -> Self {
        Self { scan: Scan::default(), data: None, line: 1, server: None, is_complete: false }
    }
}

impl Splitter {
    /// Takes the next bytes; what they complete is appended to `pieces`.
    pub fn push(&mut self, mut bytes: &[u8], pieces: &mut Vec<Piece>) {
        while !bytes.is_empty() {
            bytes = match &mut self.data {
                Some(data) => {
                    let rest = data.take(bytes, &mut self.line, pieces);
                    if data.is_over() {
                        self.data = None;
                    }
                    rest
                }
                None => self.take(bytes, pieces),
            };
        }
    }

    /// Says that nothing more comes.
    pub fn finish(mut self, pieces: &mut Vec<Piece>) {
        if let Some(data) = self.data.take()
            && data.finish(pieces)
        {
            self.note_cut_off(pieces);
            return;
        }
        // The last line of a script that somebody edited may lack its end.
        if let Some(scanned) = self.scan.finish() {
            self.keep(scanned, pieces);
        }
        if self.scan.is_inside() || !self.is_complete {
            self.note_cut_off(pieces);
        } else {
            pieces.push(Piece::End);
        }
    }

    /// The major version of the server that the dump is of. `None`: the dump has not said so yet.
    #[must_use]
    pub const fn server_major(&self) -> Option<u32> {
        self.server
    }

    fn note_cut_off(&self, pieces: &mut Vec<Piece>) {
        pieces.push(Piece::Refused(ScriptError::CutOff { line: self.line }));
    }

    /// Takes bytes of a statement and returns those behind its end.
    fn take<'a>(&mut self, bytes: &'a [u8], pieces: &mut Vec<Piece>) -> &'a [u8] {
        for (index, byte) in bytes.iter().enumerate() {
            let scanned = self.scan.push(*byte, self.line);
            self.line += u64::from(*byte == b'\n');
            if let Some(scanned) = scanned {
                self.keep(scanned, pieces);
                if self.data.is_some() {
                    return &bytes[index + 1..];
                }
            }
        }
        &[]
    }

    fn keep(&mut self, scanned: Scanned, pieces: &mut Vec<Piece>) {
        match scanned {
            Scanned::Comment(text) => self.hear(&text),
            Scanned::Refused(error) => pieces.push(Piece::Refused(error)),
            Scanned::Statement { line, text } => {
                let Ok(text) = String::from_utf8(text) else {
                    return pieces.push(Piece::Refused(ScriptError::NotUtf8 { line }));
                };
                if super::verdict::copies_from_client(&text) {
                    pieces.push(Piece::Copy { line, text });
                    self.data = Some(Data::default());
                } else {
                    pieces.push(Piece::Statement { line, text });
                }
            }
        }
    }

    /// Comments of `pg_dump` itself say what the dump is of, and that it is whole.
    fn hear(&mut self, comment: &str) {
        let comment = comment.trim();
        if comment == COMPLETE {
            self.is_complete = true;
        }
        if let Some(version) = comment.strip_prefix(FROM_VERSION)
            && self.server.is_none()
        {
            self.server = super::header::major(version);
        }
    }
}

#[cfg(test)]
mod tests;
