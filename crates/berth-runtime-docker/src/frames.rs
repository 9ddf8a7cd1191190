//! Takes the engine's multiplexed stream apart.
//!
//! Without a terminal both output streams share a connection: each frame is one byte for the stream,
//! three of zero, four for the length (big endian), and the data (Docker Engine API, "Attach to a
//! container", stream format). With a terminal the connection is the data and nothing else.
//!
//! The client library guesses which of the two it has from the first byte, so what a program prints on
//! a terminal can be mistaken for a frame of 4 GiB. Here the caller says which it is, and a frame is
//! handed on as it arrives instead of being collected.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The most that is handed on in one piece.
const LARGEST_CHUNK: usize = 32 * 1024;

/// Which output it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Out,
    Error,
}

/// Output, piece by piece.
#[derive(Debug)]
pub(crate) struct Chunks<R> {
    reader: R,
    format: Format,
}

#[derive(Debug)]
enum Format {
    Plain,
    /// With what is left of the frame that was begun.
    Multiplexed {
        source: Source,
        left: usize,
    },
}

impl<R: AsyncRead + Unpin> Chunks<R> {
    pub(crate) fn plain(reader: R) -> Self {
        Self { reader, format: Format::Plain }
    }

    pub(crate) fn multiplexed(reader: R) -> Self {
        Self { reader, format: Format::Multiplexed { source: Source::Out, left: 0 } }
    }

    /// `None`: the stream ended.
    pub(crate) async fn next(&mut self) -> io::Result<Option<(Source, Bytes)>> {
        let (source, limit) = match &mut self.format {
            Format::Plain => (Source::Out, LARGEST_CHUNK),
            Format::Multiplexed { source, left } => {
                while *left == 0 {
                    let Some(header) = read_header(&mut self.reader).await? else {
                        return Ok(None);
                    };
                    (*source, *left) = header;
                }
                (*source, (*left).min(LARGEST_CHUNK))
            }
        };
        let mut chunk = BytesMut::with_capacity(limit);
        let read = (&mut self.reader).take(limit as u64).read_buf(&mut chunk).await?;
        if let Format::Multiplexed { left, .. } = &mut self.format {
            *left -= read;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok((read > 0).then(|| (source, chunk.freeze())))
    }
}

/// `None`: the stream ended where a frame would begin.
async fn read_header(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(Source, usize)>> {
    let mut header = [0; 8];
    if reader.read(&mut header[..1]).await? == 0 {
        return Ok(None);
    }
    reader.read_exact(&mut header[1..]).await?;
    let [stream, _, _, _, length @ ..] = header;
    let source = match stream {
        0 | 1 => Source::Out,
        2 => Source::Error,
        other => {
            let message = format!("the engine sent a frame of the unknown stream {other}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    };
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    Ok(Some((source, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stream: u8, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&[stream, 0, 0, 0], &length[..], data].concat()
    }

    async fn read_all(mut chunks: Chunks<&[u8]>) -> io::Result<Vec<(Source, Bytes)>> {
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next().await? {
            all.push(chunk);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn frames_keep_their_source_and_empty_ones_are_passed_over() {
        let stream = [frame(1, b"out"), frame(2, b""), frame(2, b"error")].concat();

        let read = read_all(Chunks::multiplexed(stream.as_slice())).await.unwrap();

        let expected = [(Source::Out, Bytes::from("out")), (Source::Error, Bytes::from("error"))];
        assert_eq!(read, expected);
    }

    #[tokio::test]
    async fn a_large_frame_is_handed_on_in_pieces() {
        let data = vec![b'x'; 3 * LARGEST_CHUNK + 1];

        let read = read_all(Chunks::multiplexed(frame(1, &data).as_slice())).await.unwrap();

        assert!(read.iter().all(|(_, chunk)| chunk.len() <= LARGEST_CHUNK));
        assert_eq!(read.iter().map(|(_, chunk)| chunk.len()).sum::<usize>(), data.len());
    }

    #[tokio::test]
    async fn what_a_terminal_prints_is_never_taken_for_a_frame() {
        let printed: &[u8] = &[1, 0, 0, 0, 255, 255, 255, 255, b'x'];

        let read = read_all(Chunks::plain(printed)).await.unwrap();

        assert_eq!(read, [(Source::Out, Bytes::from_static(printed))]);
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_within_a_frame_is_an_error() {
        let mut stream = frame(1, b"out");
        stream.pop();

        assert!(read_all(Chunks::multiplexed(stream.as_slice())).await.is_err());
        assert!(read_all(Chunks::multiplexed([7u8; 9].as_slice())).await.is_err());
    }
}
