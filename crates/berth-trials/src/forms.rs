//! What browsers send from forms of pages.

use berth_web::reading;
use bytes::Bytes;
use http::HeaderValue;

pub(crate) fn fields(bytes: &[u8]) -> bool {
    reading::forms(bytes) > 0
}

/// The first line is the media type, what follows it the body.
pub(crate) fn multipart(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (Some(media), Some(body)) = (parts.next(), parts.next()) else { return false };
    let Ok(media) = HeaderValue::from_bytes(media) else { return false };
    let read = |length: usize| {
        let pieces = body.chunks(length).map(Bytes::copy_from_slice).collect();
        reading::file_form(&media, pieces)
    };
    let whole = read(body.len().max(1));
    for length in [1, 7, 64] {
        assert_eq!(read(length), whole, "in pieces of {length}");
    }
    let Some((_, content)) = whole else { return false };
    assert_eq!(Some(content.as_slice()), only_file(&media, body), "the file is what is sent");
    true
}

/// The file of a form that is in memory as a whole, by the delimiter with which that begins.
fn only_file<'a>(media: &HeaderValue, body: &'a [u8]) -> Option<&'a [u8]> {
    let (delimiter, rest) = split(body, b"\r\n")?;
    let boundary = crate::text(delimiter)?.strip_prefix("--")?;
    assert!(media.to_str().ok()?.contains(boundary), "the media type names it");
    let (_, rest) = split(rest, b"\r\n\r\n")?;
    let (content, rest) = split(rest, &[b"\r\n", delimiter].concat())?;
    rest.starts_with(b"--").then_some(content)
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|window| window == by)?;
    Some((&bytes[..at], &bytes[at + by.len()..]))
}
