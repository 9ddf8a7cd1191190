//! An answer of the server.

use berth_api::v1::{PROBLEM_MEDIA_TYPE, Problem};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use crate::failure::Failure;

/// An answer, and the connection that it comes over.
#[derive(Debug)]
pub(crate) struct Answer {
    response: Response<Incoming>,
    _driver: JoinSet<()>,
}

impl Answer {
    pub(super) fn new(response: Response<Incoming>, driver: JoinSet<()>) -> Self {
        Self { response, _driver: driver }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Returns the next piece of the body, `None` after the last one.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            match self.response.body_mut().frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(Failure::Lost(error.into())),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// Reads the body as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let error = anyhow::Error::new(error);
            error.context("cannot understand the server: is it of another version?").into()
        })
    }

    async fn bytes(mut self) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    pub(super) async fn unless_problem(self) -> Result<Self, Failure> {
        let status = self.status();
        if status.is_success() {
            return Ok(self);
        }
        let media = self.headers().get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
        let is_problem = media == Some(PROBLEM_MEDIA_TYPE);
        let bytes = self.bytes().await?;
        Err(problem(status, is_problem.then_some(bytes.as_slice())))
    }
}

/// The failure behind a status, `body` being a problem document if there is one.
pub(super) fn problem(status: StatusCode, body: Option<&[u8]>) -> Failure {
    match body.and_then(|body| serde_json::from_slice::<Problem>(body).ok()) {
        Some(problem) => Failure::Problem(Box::new(problem)),
        None => anyhow::anyhow!("the server answers {status} without saying why").into(),
    }
}
