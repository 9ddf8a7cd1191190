//! Where a request's head ends, and whether its framing can be read in two ways.
//!
//! The HTTP parser resolves some doubtful framings on its own and hides that it did: it drops a
//! `Content-Length` beside a `Transfer-Encoding` and folds equal lengths into one. Both are what
//! request smuggling is made of (RFC 9112 section 11.2), so the raw head is looked at once more.
//!
//! # Invariants
//!
//! * The end of the head is found where the parser finds it: after the first empty line that follows
//!   a line with text (RFC 9112 section 2.2 lets empty lines stand before the request line).

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FramingFault {
    /// `Content-Length` and `Transfer-Encoding` together.
    LengthAndEncoding,
    /// More than one `Content-Length`.
    ManyLengths,
    /// More than one `Transfer-Encoding`, or another than `chunked`.
    Encoding,
    /// More than one `Host`.
    ManyHosts,
    /// A line that ends in a lone line feed, or continues the one before.
    Line,
    /// The head is not where it has to be.
    Lost,
}

/// A complete head at the start of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Its length, with the empty line that ends it.
    pub(crate) len: usize,
    pub(crate) fault: Option<FramingFault>,
}

#[derive(Default)]
struct Seen {
    lengths: usize,
    encodings: usize,
    hosts: usize,
    other_encoding: bool,
    crooked_line: bool,
}

/// Reads the head at the start of `raw`. `None` means that it is not complete yet.
pub(crate) fn read(raw: &[u8]) -> Option<Head> {
    let mut seen = Seen::default();
    let mut started = false;
    let mut at = 0;
    while let Some(offset) = raw[at..].iter().position(|byte| *byte == b'\n') {
        let line = &raw[at..at + offset];
        at += offset + 1;
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        seen.crooked_line |= text.len() == line.len();
        match (text.is_empty(), started) {
            (true, true) => return Some(Head { len: at, fault: seen.fault() }),
            (true, false) => {}
            (false, false) => started = true,
            (false, true) => seen.field(text),
        }
    }
    None
}

impl Seen {
    fn field(&mut self, line: &[u8]) {
        // Only these three matter, and nearly every other line is told apart by its first letter.
        match line[0] {
            b' ' | b'\t' => self.crooked_line = true,
            b'c' | b'C' => self.lengths += usize::from(value(line, b"content-length").is_some()),
            b'h' | b'H' => self.hosts += usize::from(value(line, b"host").is_some()),
            b't' | b'T' => {
                if let Some(value) = value(line, b"transfer-encoding") {
                    self.encodings += 1;
                    self.other_encoding |= !value.trim_ascii().eq_ignore_ascii_case(b"chunked");
                }
            }
            _ => {}
        }
    }

    fn fault(&self) -> Option<FramingFault> {
        if self.crooked_line {
            Some(FramingFault::Line)
        } else if self.lengths > 0 && self.encodings > 0 {
            Some(FramingFault::LengthAndEncoding)
        } else if self.lengths > 1 {
            Some(FramingFault::ManyLengths)
        } else if self.encodings > 1 || self.other_encoding {
            Some(FramingFault::Encoding)
        } else if self.hosts > 1 {
            Some(FramingFault::ManyHosts)
        } else {
            None
        }
    }
}

/// Returns the value of the line if its field has this name.
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    // A blank before the colon is no name to the parser, but may be one to a parser behind it.
    let rest = rest.trim_ascii_start();
    (start.eq_ignore_ascii_case(name) && rest.first() == Some(&b':')).then(|| &rest[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(head: &str) -> Option<FramingFault> {
        let head = read(head.as_bytes()).expect("the head is complete");
        head.fault
    }

    #[test]
    fn the_head_ends_at_the_first_empty_line_after_text() {
        let head = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";

        assert_eq!(read(format!("{head}rest\r\n\r\n").as_bytes()).unwrap().len, head.len());
        assert_eq!(read(&head.as_bytes()[..head.len() - 1]), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn framing_that_can_be_read_in_two_ways_is_a_fault() {
        let cases = [
            ("Content-Length: 4\r\nTransfer-Encoding: chunked", FramingFault::LengthAndEncoding),
            ("transfer-encoding: chunked\r\ncontent-length: 4", FramingFault::LengthAndEncoding),
            ("Transfer-Encoding : chunked\r\nContent-Length: 4", FramingFault::LengthAndEncoding),
            ("Content-Length: 4\r\nContent-Length: 4", FramingFault::ManyLengths),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", FramingFault::Encoding),
            ("Transfer-Encoding: gzip, chunked", FramingFault::Encoding),
            ("Transfer-Encoding: xchunked", FramingFault::Encoding),
            ("Transfer-Encoding:", FramingFault::Encoding),
            ("HOST: b", FramingFault::ManyHosts),
            ("X: a\r\n b", FramingFault::Line),
            ("X: a\nY: b", FramingFault::Line),
        ];
        for (lines, expected) in cases {
            let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
            assert_eq!(fault(&head), Some(expected), "{lines:?}");
        }
    }

    #[test]
    fn ordinary_heads_have_no_fault() {
        for lines in
            ["Content-Length: 4", "Transfer-Encoding:  Chunked ", "Content-Lengthy: 1", "Hosts: b"]
        {
            let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
            assert_eq!(fault(&head), None, "{lines:?}");
        }
    }
}
