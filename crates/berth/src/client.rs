//! The API, from the other end of the socket or of a connection.

mod answer;
mod events;
mod place;
mod websocket;

use std::io;
use std::time::Duration;

use anyhow::Context as _;
use berth_api::v1::List;
use berth_domain::{IdSource as _, OrganisationName, TenantName};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper_util::rt::TokioIo;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

pub(crate) use answer::Answer;
pub(crate) use events::Events;
pub(crate) use place::{Address, Place};
pub(crate) use websocket::{Frame, Sender, WebSocket};

use crate::failure::Failure;
use crate::serve::SystemIds;

/// How long to wait before a change is asked for again whose answer was lost: as long as a server
/// takes to start again.
const PAUSES: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
const KEY: &str = "idempotency-key";
/// As much of a list as one answer has.
const LONGEST_PAGE: u32 = 1000;

/// What stands for itself in a path.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Talks to `berth serve`. Every request has a connection of its own.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    place: Place,
    organisation: String,
    /// Shown with every request. `None`: whoever runs this is known by the socket, or is nobody.
    token: Option<SecretString>,
}

/// A request before it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), headers: Vec::new(), body: None }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// Adds a parameter, unless there is nothing to ask.
    pub(crate) fn ask(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.headers.extend(value.map(|value| (name, value.to_string())));
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        let json = serde_json::to_vec(body).expect("wire types have string keys only");
        self.body = Some(json);
        self
    }

    /// The same; a change with a key by which the server knows it again.
    fn known_again(self) -> Self {
        let is_dry = self.query.iter().any(|(name, _)| *name == "dry_run");
        if self.method == Method::GET || is_dry || self.has_key() {
            return self;
        }
        let key = SystemIds.uuid().simple();
        self.header(KEY, Some(key))
    }

    fn has_key(&self) -> bool {
        self.headers.iter().any(|(name, _)| *name == KEY)
    }

    fn request(self) -> Result<Request<Full<Bytes>>, Failure> {
        let body = self.body.as_ref().map(|body| (body.clone(), "application/json"));
        let (body, media) = body.map_or((Vec::new(), None), |(body, media)| (body, Some(media)));
        self.with_body(Full::from(body), media)
    }

    fn with_body<B>(self, body: B, media: Option<&'static str>) -> Result<Request<B>, Failure> {
        let mut target = self.path;
        if !self.query.is_empty() {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&self.query)
                .finish();
            target = format!("{target}?{query}");
        }
        let mut request = Request::builder().method(self.method).uri(target);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(media) = media {
            request = request.header(header::CONTENT_TYPE, media);
        }
        request
            .body(body)
            .map_err(|error| anyhow::Error::new(error).context("cannot word the request").into())
    }
}

impl Client {
    pub(crate) fn new(place: Place, organisation: String) -> Self {
        Self { place, organisation, token: None }
    }

    /// The same, showing a token.
    pub(crate) fn showing(self, token: Option<SecretString>) -> Self {
        Self { token, ..self }
    }

    /// The organisation that is meant.
    pub(crate) fn meant(&self) -> &str {
        &self.organisation
    }

    /// `/api/v1/organisations/{org}` and what follows.
    pub(crate) fn path(&self, end: &str) -> String {
        format!("/api/v1/organisations/{}{end}", self.organisation)
    }

    /// The path of an organisation, whichever is meant otherwise.
    pub(crate) fn organisation(name: &OrganisationName) -> String {
        format!("/api/v1/organisations/{name}")
    }

    /// The path of a tenant and what follows.
    pub(crate) fn tenant(&self, name: &TenantName, end: &str) -> String {
        self.path(&format!("/tenants/{name}{end}"))
    }

    /// The path of something that people gave a name, whatever they type, and what follows.
    pub(crate) fn named(&self, all: &str, name: &str, end: &str) -> String {
        let name = utf8_percent_encode(name, NAME);
        self.path(&format!("/{all}/{name}{end}"))
    }

    /// The path of an operation and what follows.
    pub(crate) fn operation(&self, id: &str, end: &str) -> String {
        self.path(&format!("/operations/{id}{end}"))
    }

    /// Makes the call and reads its JSON.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, Failure> {
        self.open(call).await?.json().await
    }

    /// Reads every page of a list.
    pub(crate) async fn all<T: DeserializeOwned>(&self, call: Call) -> Result<List<T>, Failure> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = call.clone().ask("after", after).ask("limit", Some(LONGEST_PAGE));
            let page: List<T> = self.call(page).await?;
            items.extend(page.items);
            if page.next.is_none() {
                return Ok(List { items, next: None });
            }
            after = page.next;
        }
    }

    /// Makes the call and returns its answer unread, unless it is a problem. A change is asked for again
    /// when its answer is lost: the server knows it by its key, and makes it once.
    pub(crate) async fn open(&self, call: Call) -> Result<Answer, Failure> {
        let call = call.known_again();
        let mut pauses = PAUSES.iter().filter(|_| call.has_key());
        let mut lost = None;
        loop {
            let failure = match (self.exchange(call.clone().request()?).await, lost) {
                // While nobody is there, it is as unknown as before whether it was made.
                (Err(failure @ Failure::Lost(_)), _)
                | (Err(Failure::NotRunning { .. } | Failure::Unreachable { .. }), Some(failure)) => {
                    failure
                }
                (answer, _) => return answer,
            };
            let Some(pause) = pauses.next() else { return Err(failure) };
            lost = Some(failure);
            tokio::time::sleep(*pause).await;
        }
    }

    /// Makes the call with a body that is sent while it is made, and returns its answer unread, unless
    /// it is a problem.
    pub(crate) async fn send(
        &self,
        call: Call,
        content: BoxStream<'static, io::Result<Bytes>>,
    ) -> Result<Answer, Failure> {
        let body = StreamBody::new(content.map(|chunk| chunk.map(hyper::body::Frame::data)));
        let request = call.with_body(BodyExt::boxed_unsync(body), Some("application/octet-stream"));
        self.exchange(request?).await
    }

    async fn exchange<B>(&self, mut request: Request<B>) -> Result<Answer, Failure>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.show(request.headers_mut())?;
        let host =
            HeaderValue::try_from(self.place.authority()).context("cannot name the server")?;
        request.headers_mut().insert(header::HOST, host);
        let stream = self.place.connect().await?;
        let lost = |error: hyper::Error| Failure::Lost(error.into());
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
        // Ends with the answer that owns it.
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // Whoever reads the answer sees the same error.
            let _seen = connection.await;
        });
        let response = sender.send_request(request).await.map_err(lost)?;
        Answer::new(response, driver).unless_problem().await
    }

    /// Opens an event stream.
    pub(crate) async fn events(&self, call: Call) -> Result<Events, Failure> {
        self.open(call).await.map(Events::new)
    }

    /// Opens a WebSocket.
    pub(crate) async fn websocket(&self, path: &str) -> Result<WebSocket, Failure> {
        let mut headers = HeaderMap::new();
        self.show(&mut headers)?;
        let url = format!("ws://{}{path}", self.place.authority());
        websocket::open(self.place.connect().await?, &url, headers).await
    }

    /// Adds the token, if there is one.
    fn show(&self, headers: &mut HeaderMap) -> Result<(), Failure> {
        let Some(token) = &self.token else { return Ok(()) };
        let value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
        let mut value = value.map_err(|_| {
            let hint = "it is one line that begins with `berth_`";
            Failure::refused("what was given as a token is none".to_owned(), hint)
        })?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
        Ok(())
    }
}

/// Somebody's address or id, as a part of a path: `/` and `?` may stand in an address.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, NAME).to_string()
}
