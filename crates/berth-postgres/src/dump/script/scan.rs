//! Where a statement ends.

use super::{LONGEST_STATEMENT, ScriptError};

/// As much of a comment as `pg_dump`'s own are long.
const COMMENT: usize = 120;
/// As much of a refused command as a person wants to read.
const COMMAND: usize = 60;

/// What was found.
#[derive(Debug)]
pub(super) enum Scanned {
    Statement { line: u64, text: Vec<u8> },
    Comment(String),
    Refused(ScriptError),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// One `-`, which may begin a comment.
    Dash,
    Slash,
    LineComment(Vec<u8>),
    BlockComment {
        depth: u32,
        previous: u8,
    },
    /// Between single quotes; with a backslash that takes the next character along.
    Single {
        escapes: bool,
    },
    SingleEscape,
    SingleEnd {
        escapes: bool,
    },
    Double,
    /// From the `$` at this place on.
    DollarStart(usize),
    Dollar {
        tag: Vec<u8>,
        body: usize,
    },
    /// To the end of its line.
    Backslash(Vec<u8>),
    /// What follows a statement that is too long, until its end is seen.
    Overlong,
}

/// One statement in the making.
#[derive(Debug, Default)]
pub(super) struct Scan {
    state: State,
    text: Vec<u8>,
    /// Where the first word of the statement stood.
    line: u64,
    depth: u32,
    words: Words,
}

impl Scan {
    /// Takes the next byte. At most one thing ends with it.
    pub(super) fn push(&mut self, byte: u8, line: u64) -> Option<Scanned> {
        if self.text.len() >= LONGEST_STATEMENT {
            let refused = ScriptError::TooLong { line: self.line };
            *self = Self { state: State::Overlong, ..Self::default() };
            return Some(Scanned::Refused(refused));
        }
        match &mut self.state {
            State::Text => return self.text(byte, line),
            State::Dash if byte == b'-' => self.state = State::LineComment(Vec::new()),
            State::Slash if byte == b'*' => {
                self.state = State::BlockComment { depth: 1, previous: 0 };
            }
            State::Dash => return self.resume(b'-', byte, line),
            State::Slash => return self.resume(b'/', byte, line),
            State::LineComment(comment) => {
                if byte == b'\n' {
                    let said = String::from_utf8_lossy(comment).into_owned();
                    self.state = State::Text;
                    self.blank(b'\n');
                    return Some(Scanned::Comment(said));
                }
                if comment.len() < COMMENT {
                    comment.push(byte);
                }
            }
            State::BlockComment { depth, previous } => {
                match (*previous, byte) {
                    (b'/', b'*') => (*depth, *previous) = (*depth + 1, 0),
                    (b'*', b'/') => (*depth, *previous) = (*depth - 1, 0),
                    _ => *previous = byte,
                }
                if *depth == 0 {
                    self.state = State::Text;
                    self.blank(b' ');
                }
            }
            State::Backslash(command) => {
                if byte == b'\n' {
                    let command = std::mem::take(command);
                    self.state = State::Text;
                    return refused(&command, line).map(Scanned::Refused);
                }
                if command.len() < COMMAND {
                    command.push(byte);
                }
            }
            State::Overlong if byte == b'\n' => self.state = State::Text,
            State::Overlong => {}
            _ => return self.quoted(byte, line),
        }
        None
    }

    /// Ends what may end without a line end.
    pub(super) fn finish(&mut self) -> Option<Scanned> {
        match std::mem::take(&mut self.state) {
            State::LineComment(comment) => {
                Some(Scanned::Comment(String::from_utf8_lossy(&comment).into_owned()))
            }
            State::Backslash(command) => refused(&command, self.line).map(Scanned::Refused),
            other => {
                self.state = other;
                None
            }
        }
    }

    /// Whether the text ended in the middle of a statement.
    pub(super) fn is_inside(&self) -> bool {
        self.state != State::Text || self.text.iter().any(|byte| !byte.is_ascii_whitespace())
    }

    /// A character that did not begin a comment, and the one after it.
    fn resume(&mut self, held: u8, byte: u8, line: u64) -> Option<Scanned> {
        self.state = State::Text;
        self.add(held, line);
        self.text(byte, line)
    }

    fn text(&mut self, byte: u8, line: u64) -> Option<Scanned> {
        if is_word(byte) {
            self.add(byte, line);
            return None;
        }
        self.end_word();
        match byte {
            b'-' => self.state = State::Dash,
            b'/' => self.state = State::Slash,
            b'\\' => self.state = State::Backslash(vec![b'\\']),
            b';' if self.depth == 0 && !self.words.is_inside_body() => return self.end(),
            b'\'' => {
                let escapes = self.follows_escape_mark();
                self.add(byte, line);
                self.state = State::Single { escapes };
            }
            b'"' => {
                self.add(byte, line);
                self.state = State::Double;
            }
            _ => {
                match byte {
                    b'(' => self.depth += 1,
                    b')' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.add(byte, line);
            }
        }
        None
    }

    fn quoted(&mut self, byte: u8, line: u64) -> Option<Scanned> {
        if let State::SingleEnd { escapes } = self.state {
            if byte != b'\'' {
                self.state = State::Text;
                self.words.start = self.text.len();
                return self.text(byte, line);
            }
            self.state = State::Single { escapes };
            self.text.push(byte);
            return None;
        }
        if let State::DollarStart(start) = self.state
            && (!is_word(byte) || (byte.is_ascii_digit() && self.text.len() == start + 1))
        {
            // A parameter or an operator, not a quote.
            self.state = State::Text;
            self.words.start = start;
            return self.text(byte, line);
        }
        self.text.push(byte);
        match &self.state {
            State::Single { escapes } if byte == b'\'' => {
                self.state = State::SingleEnd { escapes: *escapes };
            }
            State::Single { escapes: true } if byte == b'\\' => self.state = State::SingleEscape,
            State::SingleEscape => self.state = State::Single { escapes: true },
            State::Double if byte == b'"' => self.state = State::Text,
            State::DollarStart(start) if byte == b'$' => {
                let tag = self.text[*start..].to_vec();
                self.state = State::Dollar { tag, body: self.text.len() };
            }
            State::Dollar { tag, body }
                if byte == b'$'
                    && self.text.ends_with(tag)
                    && self.text.len() >= body + tag.len() =>
            {
                self.state = State::Text;
            }
            _ => {}
        }
        if self.state == State::Text {
            self.words.start = self.text.len();
        }
        None
    }

    fn add(&mut self, byte: u8, line: u64) {
        if self.text.is_empty() && byte.is_ascii_whitespace() {
            return;
        }
        if self.text.is_empty() {
            self.line = line;
            self.words.start = 0;
        }
        let begins = self.words.start == self.text.len();
        self.text.push(byte);
        if byte == b'$' && begins {
            self.state = State::DollarStart(self.text.len() - 1);
        } else if !is_word(byte) {
            self.words.start = self.text.len();
        }
    }

    /// Stands for a comment, so that the words around it stay apart.
    fn blank(&mut self, byte: u8) {
        if !self.text.is_empty() {
            self.text.push(byte);
            self.words.start = self.text.len();
        }
    }

    /// `E'…'`: the letter is a word of its own.
    fn follows_escape_mark(&self) -> bool {
        let word = self.text.get(self.words.last..).unwrap_or_default();
        matches!(word, b"e" | b"E")
    }

    fn end_word(&mut self) {
        let word = &self.text[self.words.start.min(self.text.len())..];
        self.words.last = self.text.len() - word.len();
        if !word.is_empty() && self.depth == 0 {
            self.words.hear(word);
        }
        self.words.start = self.text.len();
    }

    fn end(&mut self) -> Option<Scanned> {
        let done = std::mem::take(self);
        (!done.text.is_empty()).then_some(Scanned::Statement { line: done.line, text: done.text })
    }
}

/// `pg_dump` guards its dumps with a pair of commands that mean nothing here.
fn refused(command: &[u8], line: u64) -> Option<ScriptError> {
    let command = String::from_utf8_lossy(command).trim_end().to_owned();
    if command.starts_with("\\restrict ") || command.starts_with("\\unrestrict ") {
        return None;
    }
    let mut shown = String::new();
    for c in command.chars() {
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    let command = shown;
    Some(ScriptError::Backslash { line, command })
}

/// Identifiers and numbers (psqlscan.l, `ident_cont`).
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The words of a statement, as far as they tell whether semicolons belong to the body of a function
/// (psqlscan.l, `identifier_count` and `begin_depth`).
#[derive(Debug, Default)]
struct Words {
    /// Where the word in the making begins.
    start: usize,
    /// Where the last whole word begins; the end of the text when it was not the last thing.
    last: usize,
    count: u32,
    /// Initials of `CREATE [OR REPLACE] {FUNCTION|PROCEDURE}` as far as they came.
    is_function: bool,
    heard: [u8; 4],
    body: u32,
}

impl Words {
    const fn is_inside_body(&self) -> bool {
        self.body > 0
    }

    fn hear(&mut self, word: &[u8]) {
        let letter = match word.to_ascii_uppercase().as_slice() {
            b"CREATE" => b'c',
            b"FUNCTION" | b"PROCEDURE" => b'f',
            b"OR" => b'o',
            b"REPLACE" => b'r',
            b"BEGIN" if self.is_function => return self.body += 1,
            b"CASE" if self.body > 0 => return self.body += 1,
            b"END" => return self.body = self.body.saturating_sub(1),
            _ => b' ',
        };
        if self.count < 4 {
            self.heard[self.count as usize] = letter;
            self.count += 1;
            self.is_function = matches!(&self.heard, [b'c', b'f', ..] | [b'c', b'o', b'r', b'f']);
        }
    }
}
