//! Asking a page for something, and what came of it.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use secrecy::ExposeSecret as _;
use tower::ServiceExt as _;

use super::{DEADLINE, Site, plain};
use crate::access::Remote;
use crate::peer::Peer;
use crate::routes::EVENT_STREAM;

/// An answer.
pub(in crate::pages) struct Seen {
    pub(in crate::pages) status: StatusCode,
    pub(in crate::pages) headers: HeaderMap,
    pub(in crate::pages) text: String,
}

impl Site {
    /// Opens a page.
    pub(in crate::pages) async fn get(&self, path: &str) -> Seen {
        self.send(Request::get(path), String::new()).await
    }

    /// Goes to an address as a browser does with its whole window.
    pub(in crate::pages) async fn go(&self, path: &str) -> Seen {
        let request = Request::get(path)
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-mode", "navigate")
            .header(header::ACCEPT, "text/html");
        self.send(request, String::new()).await
    }

    /// Opens a page, and returns the first of it that comes.
    pub(in crate::pages) async fn first_of(&self, path: &str) -> String {
        let mut body = self.answer(Request::get(path), String::new()).await.into_body();
        let first = body.frame().await.map(|frame| frame.unwrap().into_data().unwrap_or_default());
        String::from_utf8_lossy(&first.unwrap_or_default()).into_owned()
    }

    /// Has a script fetch the part of a page that changes.
    pub(in crate::pages) async fn part(&self, path: &str) -> Seen {
        self.send(Request::get(path).header("hx-request", "true"), String::new()).await
    }

    /// Has a script send a form, of which the page stays.
    pub(in crate::pages) async fn post_by_script(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Seen {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("hx-request", "true");
        self.send(request, form.extend_pairs(fields).finish()).await
    }

    /// Sends a form.
    pub(in crate::pages) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.extend_pairs(fields).finish()).await
    }

    /// Listens to what is told from now on.
    pub(in crate::pages) async fn stream(&self, path: &str) -> Told {
        let answer = self.answer(Request::get(path), String::new()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        Told { body: answer.into_body(), text: String::new() }
    }

    /// Sends a body of another kind, as it comes.
    pub(in crate::pages) async fn post_body(
        &self,
        path: &str,
        (media, length): (&str, Option<usize>),
        body: Body,
    ) -> Seen {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, media);
        if let Some(length) = length {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        Self::seen(self.ask(request, body).await).await
    }

    async fn send(&self, request: http::request::Builder, body: String) -> Seen {
        Self::seen(self.answer(request, body).await).await
    }

    async fn seen(answer: Response) -> Seen {
        let (parts, body) = answer.into_parts();
        // What is told bit by bit has no end, and a file is no text.
        let is_media = |it: &HeaderValue| it == EVENT_STREAM || it == "application/zip";
        let is_told = parts.headers.get(header::CONTENT_TYPE).is_some_and(is_media);
        let body = if is_told { Body::empty() } else { body };
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Seen { status: parts.status, headers: parts.headers, text }
    }

    async fn answer(&self, request: http::request::Builder, body: String) -> Response {
        self.ask(request.header(header::CONTENT_LENGTH, body.len()), Body::from(body)).await
    }

    async fn ask(&self, request: http::request::Builder, body: Body) -> Response {
        let mut request =
            request.header(header::HOST, "berth.example.com").header("sec-fetch-site", self.from);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(token) = &self.token {
            let shown = format!("Bearer {}", token.expose_secret());
            request = request.header(header::AUTHORIZATION, shown);
        }
        let mut request = request.body(body).unwrap();
        if self.is_local {
            request.extensions_mut().insert(ConnectInfo(Peer(Some(0))));
        } else {
            request.extensions_mut().insert(ConnectInfo(Peer(None)));
            request.extensions_mut().insert(Remote([192, 0, 2, 7].into()));
        }
        self.routes.clone().oneshot(request).await.unwrap()
    }
}

/// What is told bit by bit.
pub(in crate::pages) struct Told {
    body: Body,
    text: String,
}

impl Told {
    /// Waits until something was told, and returns all that was.
    pub(in crate::pages) async fn until(&mut self, text: &str) -> &str {
        let told = tokio::time::timeout(DEADLINE, async {
            while !self.text.contains(text) {
                let frame = self.body.frame().await.expect("it goes on").unwrap();
                let bytes = frame.into_data().unwrap_or_default();
                self.text.push_str(&String::from_utf8_lossy(&bytes));
            }
        });
        assert!(told.await.is_ok(), "{text:?} is not in {}", self.text);
        &self.text
    }
}

impl Seen {
    /// A page that was found. Its text, without what differs each time.
    pub(in crate::pages) fn page(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.harmless();
        plain(&self.text)
    }

    /// Whether it is a page, and no file.
    pub(in crate::pages) fn is_html(&self) -> bool {
        self.headers.get(header::CONTENT_TYPE).is_some_and(|it| it == "text/html; charset=utf-8")
    }

    /// Where the browser is sent on to.
    pub(in crate::pages) fn to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// Nothing in it runs that somebody typed, whatever they typed.
    pub(in crate::pages) fn harmless(&self) {
        for harm in
            ["<b onclick", "onclick=\"", "\u{202e}", "\u{1b}", "style=", "<script>", "javascript:"]
        {
            assert!(!self.text.contains(harm), "{harm:?} is in {}", self.text);
        }
    }
}
