//! Style, scripts and pictures: built in, and under addresses that change with what they hold.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::sync::LazyLock;

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};

use crate::error::ApiError;
use crate::extract::At;

pub(crate) const PATH: &str = "/assets/{hash}/{file}";

const ALL: [(&str, &str, &[u8]); 5] = [
    ("berth.css", "text/css; charset=utf-8", include_bytes!("../../assets/berth.css")),
    ("berth.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/berth.js")),
    ("sprite.svg", "image/svg+xml", include_bytes!("../../assets/sprite.svg")),
    (
        "htmx.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/vendor/htmx-4.0.1.min.js"),
    ),
    (
        "hx-sse.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/vendor/hx-sse-4.0.1.min.js"),
    ),
];

static SERVED: LazyLock<Vec<Asset>> = LazyLock::new(|| ALL.iter().map(Asset::of).collect());

/// A file as it is served.
#[derive(Debug)]
struct Asset {
    name: &'static str,
    media: &'static str,
    /// Changes with what is in it. Not a proof of anything: it only tells one version from another.
    hash: String,
    path: String,
    plain: Bytes,
    /// The same, compressed (RFC 1952).
    packed: Bytes,
}

impl Asset {
    fn of((name, media, bytes): &(&'static str, &'static str, &'static [u8])) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let hash = format!("{:016x}", hasher.finish());
        Self {
            name,
            media,
            path: format!("/assets/{hash}/{name}"),
            hash,
            plain: Bytes::from_static(bytes),
            packed: packed(bytes),
        }
    }
}

/// Compresses what was read into memory already.
pub(super) fn packed(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes what is written to it").into()
}

/// Whether whoever asks reads compressed bodies (RFC 9110, section 12.5.3).
pub(super) fn takes_packed(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        accepted.split(',').any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            name.trim().eq_ignore_ascii_case("gzip") && weight.replace(' ', "") != "q=0"
        })
    })
}

/// Where a file is.
///
/// # Panics
///
/// When it is none of the files: a test renders every template.
pub(crate) fn at(name: &str) -> &'static str {
    let found = SERVED.iter().find(|asset| asset.name == name);
    &found.expect("templates name files that there are").path
}

/// Serves a file, for ever: another version has another address.
pub(crate) async fn serve(
    At((hash, file)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
    let found = SERVED.iter().find(|asset| asset.name == file && asset.hash == hash);
    let asset = found.ok_or(ApiError::NoSuchPath)?;
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media)),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if takes_packed(&headers) {
        let packed = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        return Ok((kind, packed, asset.packed.clone()).into_response());
    }
    Ok((kind, asset.plain.clone()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reads_compressed_bodies_says_so() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            takes_packed(&headers)
        };

        for value in ["gzip", "br, gzip;q=0.5", "GZIP", "deflate,gzip"] {
            assert!(takes(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "gzip; q=0", "xgzip"] {
            assert!(!takes(value), "{value}");
        }
    }

    #[test]
    fn everything_that_a_page_loads_first_is_small() {
        let first: usize = SERVED.iter().map(|asset| asset.packed.len()).sum();

        assert!(first < 60_000, "{first}");
    }
}
