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

/// The file of a form that is in memory as a whole.
fn only_file<'a>(media: &HeaderValue, body: &'a [u8]) -> Option<&'a [u8]> {
    let media = media.to_str().ok()?;
    let at = media.to_ascii_lowercase().find("boundary")?;
    let boundary = media[at..].split_once('=')?.1.split(';').next()?;
    let boundary = boundary.trim().trim_matches('"');
    let delimiter = format!("--{boundary}\r\n");
    let rest = body.strip_prefix(delimiter.as_bytes())?;
    let (_, rest) = split(rest, b"\r\n\r\n")?;
    let (content, rest) = split(rest, format!("\r\n--{boundary}").as_bytes())?;
    rest.starts_with(b"--").then_some(content)
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|window| window == by)?;
    Some((&bytes[..at], &bytes[at + by.len()..]))
}
