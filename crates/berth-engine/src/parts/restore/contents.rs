//! What a dump in the custom format has in it, as `pg_restore --list` tells.
//!
//! # Invariants
//!
//! * Somebody else's binary is read in the container only; here are lines of text, each of which is bounded.

use berth_runtime::ExecOutput;
use futures_util::StreamExt as _;

use super::Restoration;
use super::custom::{self, CHUNK, Reading};
use crate::operation::{Context, Needs, StepError};
use crate::source::MOST_EXTENSIONS;

/// As much of a line as is looked at. Names have 63 bytes.
const LONGEST_LINE: usize = 1000;

/// Lists the extensions that the dump adds.
pub(super) async fn extensions(
    context: &Context,
    restoration: &Restoration<'_>,
) -> Result<Vec<String>, StepError> {
    let Reading { mut output, sending } =
        custom::read(context, restoration, &["--list"], None).await?;
    let (mut list, mut said) = (List::default(), Vec::new());
    while let Some(next) = output.next().await {
        match next? {
            ExecOutput::Out(bytes) => list.push(&bytes),
            ExecOutput::Error(bytes) if said.len() < CHUNK => said.extend_from_slice(&bytes),
            ExecOutput::Error(_) => {}
            // The list stands at the front of a dump: that not all of it was read is no failure.
            ExecOutput::Exit(exit) if exit.code == 0 => return list.finish(),
            ExecOutput::Exit(exit) => return Err(custom::failure(exit.code, &said)),
        }
    }
    drop(sending);
    Err(StepError::retry("pg_restore was cut off").needing(Needs::BOTH))
}

/// The list while it comes in.
#[derive(Debug, Default)]
struct List {
    line: Vec<u8>,
    extensions: Vec<String>,
}

impl List {
    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.end_line();
            } else if self.line.len() < LONGEST_LINE {
                self.line.push(*byte);
            }
        }
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        if let Some(name) = extension(&line)
            && self.extensions.len() <= MOST_EXTENSIONS
        {
            self.extensions.push(name.to_owned());
        }
        self.line.clear();
    }

    fn finish(mut self) -> Result<Vec<String>, StepError> {
        self.end_line();
        if self.extensions.len() > MOST_EXTENSIONS {
            let why = format!("its dump asks for more than {MOST_EXTENSIONS} extensions");
            return Err(StepError::fail(why));
        }
        Ok(self.extensions)
    }
}

/// The extension that a line of the list is about: `2; 3079 16385 EXTENSION - pg_trgm`.
fn extension(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(';')?;
    number.parse::<u64>().ok()?;
    let mut words = rest.split_ascii_whitespace().skip(2);
    if (words.next(), words.next()) != (Some("EXTENSION"), Some("-")) {
        return None;
    }
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\
;
; Archive created at 2026-05-01 10:00:00 UTC
;     dbname: EXTENSION - no
;
2; 3079 16385 EXTENSION - pg_trgm 
4021; 0 0 COMMENT - EXTENSION pg_trgm 
3; 3079 16386 EXTENSION - vector 
215; 1259 16411 TABLE public res_users odoo
216; 1259 16412 TABLE public EXTENSION - odoo
";

    fn listed(pieces: &[&[u8]]) -> Result<Vec<String>, StepError> {
        let mut list = List::default();
        for piece in pieces {
            list.push(piece);
        }
        list.finish()
    }

    #[test]
    fn extensions_are_found_among_everything_else_wherever_the_list_is_cut() {
        let bytes = LIST.as_bytes();
        for at in 0..bytes.len() {
            let found = listed(&[&bytes[..at], &bytes[at..]]).unwrap();
            assert_eq!(found, ["pg_trgm", "vector"], "{at}");
        }
    }

    #[test]
    fn a_list_that_is_none_holds_nothing_and_no_memory() {
        let endless = "7; 1 1 EXTENSION - x\n".repeat(10_000);

        let refused = listed(&[endless.as_bytes()]).unwrap_err();
        assert_eq!(refused.why, "its dump asks for more than 100 extensions");
        assert_eq!(listed(&[&vec![b'x'; 10 * CHUNK]]).unwrap(), [""; 0]);
        assert_eq!(listed(&[b"7; EXTENSION -", b"\xff; 1 1 EXTENSION - x"]).unwrap(), [""; 0]);
    }
}
