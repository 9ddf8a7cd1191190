//! A visitor's socket that notes what passes through it.
//!
//! # Invariants
//!
//! * The ledger knows at which byte the head of each request starts: after a body of known length it
//!   counts, after a chunked one it gives up and the connection ends with that answer.
//! * It copies heads only, never bodies.
//! * Socket and ledger are used by one task, so the lock is never waited for.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::EdgeLimits;
use crate::framing::{self, FramingFault};
use crate::pace::Pace;
use crate::tunnel::TunnelEnd;

/// How the body of a request is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimited {
    Length(u64),
    Chunked,
}

#[derive(Debug)]
enum Phase {
    /// Waiting for a head; these bytes of it are there.
    Head(Vec<u8>),
    /// Inside a body with this many bytes to come.
    Body(u64),
    /// Inside or behind a chunked body.
    Lost,
}

#[derive(Debug)]
struct Notes {
    phase: Phase,
    /// Whether the first request is still to come.
    fresh: bool,
    /// Whether a request is being answered.
    answering: bool,
    /// When the current wait for a head, or for its rest, began.
    waiting_since: Instant,
    /// How the visitor takes the current answer.
    pace: Pace,
    tunnel: Option<TunnelEnd>,
}

/// What is known about a connection, shared by its socket and its requests.
#[derive(Debug)]
pub(crate) struct Ledger(Mutex<Notes>);

impl Ledger {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Notes {
            phase: Phase::Head(Vec::new()),
            fresh: true,
            answering: false,
            waiting_since: now,
            pace: Pace::default(),
            tunnel: None,
        }))
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the parser has a request whose body is delimited like this, and says what is
    /// wrong with the head that it was parsed from.
    pub(crate) fn request_began(&self, body: Delimited) -> Result<(), FramingFault> {
        let mut notes = self.notes();
        notes.answering = true;
        notes.fresh = false;
        notes.pace = Pace::default();
        let Phase::Head(raw) = &mut notes.phase else { return Err(FramingFault::Lost) };
        let Some(head) = framing::read(raw) else { return Err(FramingFault::Lost) };
        let Delimited::Length(length) = body else {
            notes.phase = Phase::Lost;
            return head.fault.map_or(Ok(()), Err);
        };
        raw.drain(..head.len);
        let here = u64::try_from(raw.len()).unwrap_or(u64::MAX).min(length);
        if here < length {
            notes.phase = Phase::Body(length - here);
        } else {
            raw.drain(..usize::try_from(here).expect("no longer than the buffer"));
        }
        head.fault.map_or(Ok(()), Err)
    }

    /// Notes that the answer to the current request is complete or given up.
    pub(crate) fn answer_ended(&self, now: Instant) {
        let mut notes = self.notes();
        notes.answering = false;
        notes.waiting_since = now;
    }

    /// Returns once a first byte has come. Only to be waited for beside the socket, whose reading
    /// wakes the task.
    pub(crate) async fn touched(&self) {
        poll_fn(|_| {
            let notes = self.notes();
            let untouched =
                notes.fresh && matches!(&notes.phase, Phase::Head(raw) if raw.is_empty());
            if untouched { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Keeps the other end of a tunnel until the visitor's socket is free.
    pub(crate) fn put_tunnel(&self, end: TunnelEnd) {
        self.notes().tunnel = Some(end);
    }

    pub(crate) fn take_tunnel(&self) -> Option<TunnelEnd> {
        self.notes().tunnel.take()
    }

    /// When the connection has been waited for long enough. `None` means that right now it is not
    /// the visitor who is waited for.
    pub(crate) fn deadline(&self, limits: &EdgeLimits) -> Option<Instant> {
        let notes = self.notes();
        let blocked = notes.pace.deadline(limits.idle_timeout);
        let waiting = (!notes.answering).then(|| {
            let started = !matches!(&notes.phase, Phase::Head(raw) if raw.is_empty());
            let patience =
                if started || notes.fresh { limits.header_timeout } else { limits.idle_timeout };
            notes.waiting_since + patience
        });
        match (blocked, waiting) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    fn arrived(&self, bytes: &[u8]) {
        let mut notes = self.notes();
        let mut rest = bytes;
        if let Phase::Body(left) = &mut notes.phase {
            let here = u64::try_from(rest.len()).unwrap_or(u64::MAX).min(*left);
            *left -= here;
            rest = &rest[usize::try_from(here).expect("no longer than the slice")..];
            if *left == 0 {
                notes.phase = Phase::Head(Vec::new());
            }
        }
        let answering = notes.answering;
        if let (Phase::Head(raw), false) = (&mut notes.phase, rest.is_empty()) {
            let first = raw.is_empty();
            raw.extend_from_slice(rest);
            if first && !answering {
                notes.waiting_since = Instant::now();
            }
        }
    }

    /// Notes how many bytes the visitor took. `None`: it takes none right now.
    fn wrote(&self, bytes: Option<usize>) {
        let pace = &mut self.notes().pace;
        match bytes {
            Some(bytes) => pace.moved(bytes, Instant::now),
            None => pace.waits(Instant::now),
        }
    }
}

/// A visitor's socket.
#[derive(Debug)]
pub(crate) struct VisitorSocket {
    stream: TcpStream,
    ledger: Arc<Ledger>,
}

impl VisitorSocket {
    pub(crate) fn new(stream: TcpStream, ledger: Arc<Ledger>) -> Self {
        Self { stream, ledger }
    }

    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.ledger.wrote(match &written {
            Poll::Ready(taken) => Some(taken.as_ref().map_or(0, |taken| *taken)),
            Poll::Pending => None,
        });
        written
    }
}

impl AsyncRead for VisitorSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if let Poll::Ready(Ok(())) = &read {
            self.ledger.arrived(&buf.filled()[before..]);
        }
        read
    }
}

impl AsyncWrite for VisitorSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    const TWICE: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n";

    fn ledger(bytes: &[&[u8]]) -> Ledger {
        let ledger = Ledger::new(Instant::now());
        ledger.arrived(&bytes.concat());
        ledger
    }

    #[test]
    fn each_head_of_a_pipeline_is_looked_at() {
        let ledger = ledger(&[GET, POST, b"12345", TWICE]);

        assert_eq!(ledger.request_began(Delimited::Length(0)), Ok(()));
        assert_eq!(ledger.request_began(Delimited::Length(5)), Ok(()));
        assert_eq!(
            ledger.request_began(Delimited::Length(0)),
            Err(FramingFault::ManyHosts),
            "the third one has its fault found, so the body before it was counted rightly"
        );
    }

    #[test]
    fn a_body_that_comes_in_pieces_is_counted_to_its_end() {
        let ledger = ledger(&[POST, b"12"]);

        assert_eq!(ledger.request_began(Delimited::Length(5)), Ok(()));
        ledger.arrived(b"3");
        ledger.arrived(&[b"45", TWICE].concat());

        assert_eq!(ledger.request_began(Delimited::Length(0)), Err(FramingFault::ManyHosts));
    }

    #[test]
    fn behind_a_chunked_body_nothing_is_believed() {
        let chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let ledger = ledger(&[chunked, b"0\r\n\r\n", GET]);

        assert_eq!(ledger.request_began(Delimited::Chunked), Ok(()));
        assert_eq!(ledger.request_began(Delimited::Length(0)), Err(FramingFault::Lost));
    }

    #[test]
    fn a_started_head_is_waited_for_less_long_than_the_next_one() {
        let start = Instant::now();
        let limits = EdgeLimits::default();
        let ledger = Ledger::new(start);
        assert_eq!(ledger.deadline(&limits), Some(start + limits.header_timeout));

        ledger.arrived(GET);
        ledger.request_began(Delimited::Length(0)).unwrap();
        assert_eq!(ledger.deadline(&limits), None);

        ledger.answer_ended(start);
        assert_eq!(ledger.deadline(&limits), Some(start + limits.idle_timeout));

        ledger.arrived(b"GET /");
        assert!(ledger.deadline(&limits) < Some(Instant::now() + limits.header_timeout));
    }

    #[test]
    fn a_visitor_who_takes_nothing_is_not_waited_for_for_ever() {
        let ledger = ledger(&[GET]);
        ledger.request_began(Delimited::Length(0)).unwrap();

        ledger.wrote(None);
        assert!(ledger.deadline(&EdgeLimits::default()).is_some());

        ledger.wrote(Some(1));
        assert_eq!(ledger.deadline(&EdgeLimits::default()), None);
    }
}
