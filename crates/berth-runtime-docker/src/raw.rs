//! Answers of the engine that the client library cannot read, as plain JSON.
//!
//! Its types refuse a whole answer for one word that they do not know, and Podman has such words.

use std::path::Path;

use bollard::errors::Error;
use bytes::Bytes;
use http::header::HOST;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::hijack;

/// Gets what stands at a path, which may have a query. Fails as the client library does.
pub(crate) async fn get(socket: &Path, path: &str) -> Result<Value, Error> {
    let stream = UnixStream::connect(socket).await?;
    let mut sender = hijack::open(stream).await?;
    let request = Request::builder()
        .method(Method::GET)
        .uri(path)
        .header(HOST, "localhost")
        .body(Full::new(Bytes::new()))?;
    let response = sender.send_request(request).await?;
    if !response.status().is_success() {
        return Err(hijack::refusal(response).await?);
    }
    let body = response.into_body().collect().await?.to_bytes();
    serde_json::from_slice(&body).map_err(|error| unreadable(&error))
}

/// Reads what was got and put right.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::JsonDataError { message: error.to_string(), column: error.column() }
}

/// Filters for the query of a path.
pub(crate) fn filters(filter: (String, Vec<String>)) -> String {
    let (key, values) = filter;
    let json = serde_json::json!({ key: values }).to_string();
    percent_encoding::utf8_percent_encode(&json, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_escaped() {
        let filter = ("label".to_owned(), vec!["a=b".to_owned()]);

        assert_eq!(filters(filter), "%7B%22label%22%3A%5B%22a%3Db%22%5D%7D");
    }
}
