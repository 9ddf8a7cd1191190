//! The data of a `COPY`, up to the line that ends it.

use super::{Piece, ScriptError};

/// As much as is passed on at once.
const PIECE: usize = 256 << 10;

/// Data that arrives.
#[derive(Debug, Default)]
pub(super) struct Data {
    state: State,
    /// The beginning of a line that may be the end mark.
    held: Vec<u8>,
    gathered: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Behind the semicolon, where nothing but the end of the line may be.
    #[default]
    Before,
    LineStart,
    Line,
    Over,
}

impl Data {
    pub(super) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Takes bytes and returns those behind the end of the data.
    pub(super) fn take<'a>(
        &mut self,
        mut bytes: &'a [u8],
        line: &mut u64,
        pieces: &mut Vec<Piece>,
    ) -> &'a [u8] {
        while !bytes.is_empty() && self.state != State::Over {
            bytes = match self.state {
                State::Before => self.before(bytes, line, pieces),
                State::LineStart => self.line_start(bytes, line, pieces),
                State::Line => self.line(bytes, line),
                State::Over => bytes,
            };
            if self.gathered.len() >= PIECE {
                pieces.push(Piece::Data(std::mem::take(&mut self.gathered)));
            }
        }
        bytes
    }

    /// Ends the data where the dump ends. Returns whether the end mark is missing.
    pub(super) fn finish(mut self, pieces: &mut Vec<Piece>) -> bool {
        let is_marked = self.held == b"\\." || self.held == b"\\.\r";
        if is_marked {
            self.end(pieces);
        }
        !is_marked
    }

    fn before<'a>(&mut self, bytes: &'a [u8], line: &mut u64, pieces: &mut Vec<Piece>) -> &'a [u8] {
        let (first, rest) = (bytes[0], &bytes[1..]);
        if first == b'\n' {
            *line += 1;
            self.state = State::LineStart;
        } else if !first.is_ascii_whitespace() {
            pieces.push(Piece::Refused(ScriptError::NoData { line: *line }));
            self.end(pieces);
            return bytes;
        }
        rest
    }

    /// Byte by byte, for as long as the line may be `\.`.
    fn line_start<'a>(
        &mut self,
        bytes: &'a [u8],
        line: &mut u64,
        pieces: &mut Vec<Piece>,
    ) -> &'a [u8] {
        let (first, rest) = (bytes[0], &bytes[1..]);
        match (self.held.as_slice(), first) {
            (b"\\." | b"\\.\r", b'\n') => {
                *line += 1;
                self.end(pieces);
                rest
            }
            (b"", b'\\') | (b"\\", b'.') | (b"\\.", b'\r') => {
                self.held.push(first);
                rest
            }
            _ => {
                self.gathered.append(&mut self.held);
                self.state = State::Line;
                bytes
            }
        }
    }

    fn line<'a>(&mut self, bytes: &'a [u8], line: &mut u64) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (taken, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        self.gathered.extend_from_slice(taken);
        if end.is_some() {
            *line += 1;
            self.state = State::LineStart;
        }
        rest
    }

    fn end(&mut self, pieces: &mut Vec<Piece>) {
        self.held.clear();
        if !self.gathered.is_empty() {
            pieces.push(Piece::Data(std::mem::take(&mut self.gathered)));
        }
        pieces.push(Piece::EndOfData);
        self.state = State::Over;
    }
}
