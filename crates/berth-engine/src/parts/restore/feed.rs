//! Handing a dump over, piece by piece.

use std::io::{self, Read};

use berth_domain::Bytes;
use berth_postgres::dump::script::{Piece, Splitter};
use tokio::sync::mpsc::Sender;

use super::permille;
use crate::operation::reporter::Reporter;

const CHUNK: usize = 256 << 10;

/// Says how far it is, now and then.
pub(super) struct Progress {
    reporter: Reporter,
    size: Bytes,
    done: u64,
    told: u32,
}

impl Progress {
    pub(super) fn new(reporter: Reporter, size: Bytes) -> Self {
        Self { reporter, size, done: 0, told: 0 }
    }

    pub(super) fn add(&mut self, bytes: usize) {
        self.done += bytes as u64;
        let now = permille(self.done, self.size);
        if now >= self.told + 10 {
            self.told = now;
            let text = format!("restoring the database ({} of {})", Bytes(self.done), self.size);
            self.reporter.progress(now, &text);
        }
    }
}

/// Takes a script apart until it ends or nobody takes the pieces any more. Blocks.
pub(super) fn script(
    mut from: impl Read,
    to: &Sender<io::Result<Vec<Piece>>>,
    progress: &mut Progress,
) {
    let mut splitter = Splitter::default();
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => {
                // When nobody takes it, it was given up already.
                let _given_up = to.blocking_send(Err(error));
                return;
            }
        };
        let mut pieces = Vec::new();
        splitter.push(&buffer[..count], &mut pieces);
        progress.add(count);
        if !pieces.is_empty() && to.blocking_send(Ok(pieces)).is_err() {
            return;
        }
    }
    let mut pieces = Vec::new();
    splitter.finish(&mut pieces);
    let _given_up = to.blocking_send(Ok(pieces));
}
