//! A form with one file in it (`multipart/form-data`, RFC 7578 and RFC 2046), read while it arrives.
//!
//! The libraries that do this read on into memory for as long as something is there to be read, and do not
//! bound what stands before a file (docs/adr/0032).
//!
//! # Invariants
//!
//! * In memory is at most what the connection hands over at once, one delimiter and [`LONGEST_HEAD`].
//! * A file is whole when the delimiter was seen that ends the form. Whatever ends before is an error of the
//!   content, so that nobody keeps it.

use std::io;

use axum::body::BodyDataStream;
use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, header};
use memchr::memmem;

use crate::error::ApiError;

/// What may stand before the content: the first delimiter and the headers of the file.
const LONGEST_HEAD: usize = 8 * 1024;
/// The longest boundary (RFC 2046, section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The file of a form.
pub(in crate::pages) struct FormFile {
    /// What it is called where it comes from.
    pub(in crate::pages) name: Option<String>,
    /// How long it is, as far as the length of the form says so.
    pub(in crate::pages) length: Option<u64>,
    pub(in crate::pages) content: BoxStream<'static, io::Result<Bytes>>,
}

/// Reads as far as the content of the file, which must be the only field, and called `field`.
pub(in crate::pages) async fn file(request: Request, field: &str) -> Result<FormFile, ApiError> {
    let headers = request.headers();
    let boundary = boundary(headers).ok_or(ApiError::NotUpload)?;
    let whole = headers.get(header::CONTENT_LENGTH);
    let whole: Option<u64> = whole.and_then(|value| value.to_str().ok()?.parse().ok());
    let mut reader = Reader::new(request.into_body().into_data_stream(), &boundary);
    let head = reader.head().await?;
    let name = named(&head, field)?;
    // Around the content stand the head and the last delimiter, with two dashes and an end of line.
    let around = head.len() + END_OF_HEAD.len() + reader.delimiter.len() + 4;
    let around = u64::try_from(around).unwrap_or(u64::MAX);
    let content = stream::try_unfold(reader, |mut reader| async move {
        Ok(reader.content().await?.map(|chunk| (chunk, reader)))
    });
    let length = whole.map(|whole| whole.saturating_sub(around));
    Ok(FormFile { name, length, content: content.boxed() })
}

/// What stands between the parts of such a form. `None`: it is none.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let media = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (media, parameters) = media.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|it| {
        let (name, value) = it.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim())
    })?;
    let value = value.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(value);
    let is_fit = |c: u8| c.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&c);
    let is_boundary = (1..=LONGEST_BOUNDARY).contains(&value.len()) && value.bytes().all(is_fit);
    is_boundary.then(|| value.to_owned())
}

/// What a file is called, by the headers of its part, if that is the field which is asked for.
fn named(head: &str, field: &str) -> Result<Option<String>, ApiError> {
    let lines = head.split("\r\n");
    let disposition = lines.filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-disposition").then(|| value.trim())
    });
    let disposition = disposition.and_then(|it| it.strip_prefix("form-data"));
    let disposition = disposition.ok_or_else(|| unreadable("a part of it says not what it is"))?;
    if parameter(disposition, "name").as_deref() != Some(field) {
        return Err(unreadable(&format!("its only field must be the file `{field}`")));
    }
    Ok(parameter(disposition, "filename").filter(|name| !name.is_empty()))
}

/// A parameter of a header. Browsers write `"`, CR and LF in it as `%22`, `%0D` and `%0A` (HTML, multipart
/// form data).
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once(';') {
        let (name, value) = after.split_once("=\"")?;
        let (value, behind) = value.split_once('"')?;
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.replace("%22", "\"").replace("%0D", "").replace("%0A", ""));
        }
        rest = behind;
    }
    None
}

fn unreadable(detail: &str) -> ApiError {
    let detail = format!("the form cannot be read: {detail}");
    ApiError::Unreadable { detail, problems: Vec::new() }
}

/// What arrives, and what of it was not handed on yet.
struct Reader {
    body: BodyDataStream,
    buffer: BytesMut,
    /// The end of a line and what it is followed by where a part ends.
    delimiter: Vec<u8>,
}

impl Reader {
    fn new(body: BodyDataStream, boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Self { body, buffer: BytesMut::new(), delimiter }
    }

    /// Waits for more. `false`: there is no more.
    async fn more(&mut self) -> io::Result<bool> {
        let chunk = self.body.try_next().await.map_err(io::Error::other)?;
        if let Some(chunk) = &chunk {
            self.buffer.extend_from_slice(chunk);
        }
        Ok(chunk.is_some())
    }

    /// The headers of the first part, with the delimiter before them.
    async fn head(&mut self) -> Result<String, ApiError> {
        let end = loop {
            let head = &self.buffer[..self.buffer.len().min(LONGEST_HEAD)];
            if let Some(end) = memmem::find(head, END_OF_HEAD) {
                break end;
            }
            if self.buffer.len() >= LONGEST_HEAD {
                return Err(unreadable("what stands before the file is too long"));
            }
            let more = self.more().await;
            if !more.map_err(|_| unreadable("it broke off"))? {
                return Err(unreadable("it ends before the file begins"));
            }
        };
        let head = self.buffer.split_to(end);
        let _ = self.buffer.split_to(END_OF_HEAD.len());
        // The first delimiter has no line before it that could end, and is a line of its own: a longer one is
        // that of another form.
        if !head.strip_prefix(&self.delimiter[2..]).is_some_and(|rest| rest.starts_with(b"\r\n")) {
            return Err(unreadable("it does not begin with its boundary"));
        }
        String::from_utf8(head.to_vec()).map_err(|_| unreadable("its headers are not UTF-8"))
    }

    /// More of the content. `None`: that was all of it, and the form is over.
    async fn content(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            match memmem::find(&self.buffer, &self.delimiter) {
                Some(0) => return self.end().await.map(|()| None),
                Some(at) => return Ok(Some(self.buffer.split_to(at).freeze())),
                None => {}
            }
            // The last bytes may be the beginning of a delimiter.
            let free = (self.buffer.len() + 1).saturating_sub(self.delimiter.len());
            if free > 0 {
                return Ok(Some(self.buffer.split_to(free).freeze()));
            }
            if !self.more().await? {
                return Err(broke_off());
            }
        }
    }

    /// Sees that the form ends behind the delimiter with which what is left begins.
    async fn end(&mut self) -> io::Result<()> {
        let at = self.delimiter.len();
        while self.buffer.len() < at + 2 {
            if !self.more().await? {
                return Err(broke_off());
            }
        }
        let is_end = &self.buffer[at..at + 2] == b"--";
        is_end.then_some(()).ok_or_else(|| io::Error::other("a form has one file only"))
    }
}

fn broke_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the form ends in the middle of its file")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "--frontier\r\nContent-Disposition: form-data; name=\"backup\"; filename=\"acme.zip\"\r\n\
                        Content-Type: application/zip\r\n\r\n";

    fn request(body: Body) -> Request {
        let media = "multipart/form-data; boundary=frontier";
        Request::builder().header(header::CONTENT_TYPE, media).body(body).unwrap()
    }

    /// What a form says whose bytes come in pieces of this length.
    async fn read(form: &[u8], pieces: usize) -> Result<(Option<String>, Vec<u8>), String> {
        let pieces: Vec<io::Result<Bytes>> =
            form.chunks(pieces).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let body = Body::from_stream(stream::iter(pieces));
        let mut file = file(request(body), "backup").await.map_err(|error| error.to_string())?;
        let mut content = Vec::new();
        while let Some(chunk) = file.content.next().await {
            content.extend_from_slice(&chunk.map_err(|error| error.to_string())?);
        }
        Ok((file.name, content))
    }

    fn form(content: &[u8]) -> Vec<u8> {
        [HEAD.as_bytes(), content, b"\r\n--frontier--\r\n"].concat()
    }

    proptest! {
        #[test]
        fn a_file_is_what_it_was_however_it_arrives(
            content in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), any::<u8>()], 0..400),
            pieces in 1_usize..200,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let read = runtime.block_on(read(&form(&content), pieces));
            prop_assert_eq!(read, Ok((Some("acme.zip".to_owned()), content)));
        }

        #[test]
        fn a_form_that_breaks_off_anywhere_is_no_file(cut in 0_usize..160, pieces in 1_usize..50) {
            let whole = form(b"PK and more");
            let end = whole.len() - 2;
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let read = runtime.block_on(read(&whole[..cut.min(end - 1)], pieces));
            prop_assert!(read.is_err(), "{read:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_form_with_one_file_is_told_so() {
        let of = async |form: &[u8]| read(form, 64).await.unwrap_err();
        let two = [HEAD.as_bytes(), b"one\r\n", HEAD.as_bytes(), b"two\r\n--frontier--"].concat();
        let other = HEAD.replace("backup", "picture");

        assert_eq!(of(&two).await, "a form has one file only");
        assert!(of(other.as_bytes()).await.contains("its only field must be the file `backup`"));
        assert!(of(b"PK\x03\x04\r\n\r\n").await.contains("does not begin with its boundary"));
        let longer = HEAD.replace("--frontier", "--frontiers");
        assert!(of(longer.as_bytes()).await.contains("does not begin with its boundary"));
        assert!(of(&vec![b'x'; 20_000]).await.contains("too long"));
        assert!(of(b"").await.contains("ends before"));
    }

    #[test]
    fn a_boundary_is_read_as_browsers_write_it() {
        let of = |media: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, media.parse().unwrap());
            boundary(&headers)
        };

        let chromium = "multipart/form-data; boundary=----WebKitFormBoundaryA1b2C3";
        assert_eq!(of(chromium).as_deref(), Some("----WebKitFormBoundaryA1b2C3"));
        assert_eq!(
            of("Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a-b\"").as_deref(),
            Some("a-b")
        );
        for media in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=a",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=\"a b\"",
        ] {
            assert_eq!(of(media), None, "{media}");
        }
        assert_eq!(of(&format!("multipart/form-data; boundary={}", "a".repeat(71))), None);
    }

    #[test]
    fn a_name_is_read_as_browsers_write_it() {
        let of = |text: &str| parameter(text, "filename");

        assert_eq!(
            of("; name=\"a;b\"; filename=\"x %22y%22.zip\"").as_deref(),
            Some("x \"y\".zip")
        );
        assert_eq!(of("; name=\"filename\""), None);
        assert_eq!(of("; filename=x"), None);
    }
}
