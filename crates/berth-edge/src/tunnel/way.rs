//! One direction of a tunnel.
//!
//! # Invariants
//!
//! * Nothing more is read while something waits for its receiver.
//! * The end of one side is passed on to the other behind everything that came before it.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::net::TcpStream;

/// How much is read at once, and may wait. Messages are small.
const PIECE: usize = 8 << 10;

/// What is on its way in one direction.
#[derive(Debug)]
pub(super) struct Way {
    /// What the receiver has not taken yet.
    waiting: Bytes,
    passed: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The sender has said its last.
    Ending,
    /// And the receiver was told so.
    Over,
}

impl Way {
    /// A way on which these bytes are already.
    pub(super) fn beginning_with(waiting: Bytes) -> Self {
        Self { waiting, passed: 0, state: State::Open }
    }

    /// Bytes that the receiver has taken.
    pub(super) fn passed(&self) -> u64 {
        self.passed
    }

    /// Whether the receiver does not take what was sent.
    pub(super) fn is_blocked(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether nothing comes this way any more.
    pub(super) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Passes on what is there. Ready when the sender has said its last and the receiver knows it.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut TcpStream,
        to: &mut TcpStream,
    ) -> Poll<io::Result<()>> {
        loop {
            while !self.waiting.is_empty() {
                let taken = ready!(write(cx, to, &self.waiting))?;
                self.waiting.advance(taken);
                self.count(taken);
            }
            match self.state {
                State::Open => ready!(self.carry(cx, from, to))?,
                State::Ending => {
                    ready!(Pin::new(&mut *to).poll_shutdown(cx))?;
                    self.state = State::Over;
                }
                State::Over => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Reads a piece and writes it. What of it is not taken at once waits in memory of its own.
    fn carry(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut TcpStream,
        to: &mut TcpStream,
    ) -> Poll<io::Result<()>> {
        let mut space = [const { MaybeUninit::uninit() }; PIECE];
        let mut piece = ReadBuf::uninit(&mut space);
        ready!(Pin::new(from).poll_read(cx, &mut piece))?;
        let piece = piece.filled();
        if piece.is_empty() {
            self.state = State::Ending;
            return Poll::Ready(Ok(()));
        }
        let taken = match write(cx, to, piece) {
            Poll::Ready(taken) => taken?,
            Poll::Pending => 0,
        };
        self.count(taken);
        if taken < piece.len() {
            self.waiting = Bytes::copy_from_slice(&piece[taken..]);
        }
        Poll::Ready(Ok(()))
    }

    fn count(&mut self, taken: usize) {
        self.passed += u64::try_from(taken).unwrap_or(u64::MAX);
    }
}

/// Writes something, at least one byte.
fn write(cx: &mut Context<'_>, to: &mut TcpStream, bytes: &[u8]) -> Poll<io::Result<usize>> {
    match ready!(Pin::new(to).poll_write(cx, bytes))? {
        0 => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
        taken => Poll::Ready(Ok(taken)),
    }
}
