//! Making a plain dump fit for other programs and other versions.
//!
//! `pg_dump` of 2025 and later guards its dumps with `\restrict` and `\unrestrict`, which an older
//! `psql` does not know, and sets `transaction_timeout`, which servers before 17 do not know. Odoo
//! restores with whatever `psql` stands beside it. Both are taken out. The guard protects whoever
//! restores from the server that was dumped (CVE-2025-8714); here that is our own, whose `pg_dump`
//! writes no names with line ends.
//!
//! # Invariants
//!
//! * Data is never touched: a line of `COPY` data may look like a command (`\r` is a carriage
//!   return). The first guard stands before all data, and the second carries the same random key.

use std::io::{self, Write};

const GUARD: &[u8] = b"\\restrict ";
const END_GUARD: &[u8] = b"\\unrestrict ";
const TIMEOUT: &[u8] = b"SET transaction_timeout = 0;\n";
/// Every line of the head is shorter.
const HELD: usize = 256;

/// Passes a dump on without what others choke on.
#[derive(Debug)]
pub struct Portable<W> {
    to: W,
    /// A line that may have to be left out, as far as it came.
    held: Vec<u8>,
    /// Whether a line begins with the next byte.
    is_line_start: bool,
    /// Before the first statement that makes something.
    is_head: bool,
    end_guard: Option<Vec<u8>>,
}

impl<W: Write> Portable<W> {
    pub const fn new(to: W) -> Self {
        Self { to, held: Vec::new(), is_line_start: true, is_head: true, end_guard: None }
    }

    /// Passes on what is left and returns what everything was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_line()?;
        Ok(self.to)
    }

    /// Decides about a line that was held back.
    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.held);
        if self.is_head {
            if let Some(key) = line.strip_prefix(GUARD) {
                self.end_guard = Some([END_GUARD, key].concat());
                return Ok(());
            }
            if line == TIMEOUT {
                return Ok(());
            }
            self.is_head =
                [&b"CREATE "[..], b"COPY ", b"ALTER "].iter().all(|word| !line.starts_with(word));
        }
        if self
            .end_guard
            .as_ref()
            .is_some_and(|guard| line.trim_ascii_end() == guard.trim_ascii_end())
        {
            return Ok(());
        }
        self.to.write_all(&line)
    }

    /// Whether the line in the making may still be one that is left out.
    fn may_go(&self) -> bool {
        self.held.len() < HELD
            && (self.is_head
                || self.end_guard.as_ref().is_some_and(|guard| guard.starts_with(&self.held)))
    }
}

impl<W: Write> Write for Portable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if self.is_line_start || !self.held.is_empty() {
                self.held.push(*first);
                rest = &rest[1..];
                self.is_line_start = false;
                if self.held.ends_with(b"\n") {
                    self.end_line()?;
                    self.is_line_start = true;
                } else if !self.may_go() {
                    let line = std::mem::take(&mut self.held);
                    self.to.write_all(&line)?;
                }
                continue;
            }
            let end = rest.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
            let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
            self.to.write_all(line)?;
            self.is_line_start = end.is_some();
            rest = after;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict Abc123\n\n\
        SET statement_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE t (a text);\n\
        COPY t (a) FROM stdin;\n\\restrict Abc123\nSET transaction_timeout = 0;\n\\\\unrestrict x\n\\.\n\n\
        --\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict Abc123\n\n";

    fn portable(pieces: &[&[u8]]) -> String {
        let mut to = Portable::new(Vec::new());
        for piece in pieces {
            to.write_all(piece).unwrap();
        }
        String::from_utf8(to.finish().unwrap()).unwrap()
    }

    #[test]
    fn the_guard_and_the_setting_go_and_data_stays() {
        insta::assert_snapshot!(portable(&[DUMP.as_bytes()]));
    }

    #[test]
    fn a_dump_without_them_is_passed_on_as_it_is() {
        let dump = "SET x = 1;\nCREATE TABLE t ();\n\\unrestrict Abc123\nno line end";

        assert_eq!(portable(&[dump.as_bytes()]), dump);
    }

    proptest::proptest! {
        #[test]
        fn it_does_not_matter_how_a_dump_arrives(cuts in proptest::collection::vec(0..DUMP.len(), 0..20)) {
            let mut cuts = cuts;
            cuts.extend([0, DUMP.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> =
                cuts.windows(2).map(|pair| &DUMP.as_bytes()[pair[0]..pair[1]]).collect();

            proptest::prop_assert_eq!(portable(&pieces), portable(&[DUMP.as_bytes()]));
        }
    }
}
