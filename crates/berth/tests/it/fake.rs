//! A server that answers what the test wants, on a real socket.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::UnixListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Canned {
    status: u16,
    media: &'static str,
    body: Vec<u8>,
    end: End,
}

/// What happens after the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Clean,
    BreaksOff,
    Never,
    /// There is not even an answer.
    HangsUp,
}

/// What a client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `POST /api/v1/…?dry_run=true`.
    pub(crate) line: String,
    pub(crate) body: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) last_event_id: Option<String>,
    pub(crate) if_match: Option<String>,
    pub(crate) authorization: Option<String>,
}

/// The server. It ends with the value.
pub(crate) struct Fake {
    home: tempfile::TempDir,
    seen: Arc<Mutex<Vec<Seen>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Script {
    /// Answers to each request line; the last one is repeated.
    answers: HashMap<String, Vec<Canned>>,
}

impl Canned {
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).unwrap();
        Self { status, media: "application/json", body, end: End::Clean }
    }

    pub(crate) fn problem(problem: &berth_api::v1::Problem) -> Self {
        let media = berth_api::v1::PROBLEM_MEDIA_TYPE;
        Self { media, ..Self::json(problem.status, problem) }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, media: "application/json", body: Vec::new(), end: End::Clean }
    }

    pub(crate) fn bytes(body: &[u8]) -> Self {
        Self { status: 200, media: "application/zip", body: body.to_owned(), end: End::Clean }
    }

    /// An event stream.
    pub(crate) fn events<T: Serialize>(events: &[(&str, T)]) -> Self {
        let mut body = b": alive\n\n".to_vec();
        for (name, data) in events {
            let data = serde_json::to_string(data).unwrap();
            body.extend(format!("event: {name}\ndata: {data}\n\n").bytes());
        }
        Self { status: 200, media: "text/event-stream", body, end: End::Clean }
    }

    pub(crate) fn and_breaks_off(self) -> Self {
        Self { end: End::BreaksOff, ..self }
    }

    pub(crate) fn and_stays_open(self) -> Self {
        Self { end: End::Never, ..self }
    }

    /// The connection is closed instead.
    pub(crate) fn lost() -> Self {
        Self { end: End::HangsUp, ..Self::empty(200) }
    }

    fn response(self) -> Response<Body> {
        let first = Ok(Frame::data(Bytes::from(self.body.clone())));
        let body: Body = match self.end {
            End::Clean | End::HangsUp => {
                Full::from(self.body).map_err(|never: Infallible| match never {}).boxed_unsync()
            }
            End::BreaksOff => {
                let broken = async {
                    // What came before is sent while nothing more is ready.
                    tokio::task::yield_now().await;
                    Err(std::io::Error::other("it breaks off here"))
                };
                let first = futures_util::stream::iter([first]);
                StreamBody::new(first.chain(futures_util::stream::once(broken))).boxed_unsync()
            }
            End::Never => {
                let rest = futures_util::stream::pending();
                StreamBody::new(futures_util::stream::iter([first]).chain(rest)).boxed_unsync()
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status.try_into().unwrap();
        response.headers_mut().insert("content-type", self.media.try_into().unwrap());
        response
    }
}

impl Fake {
    /// Starts a server that gives these answers to these request lines, in this order.
    pub(crate) fn new<const N: usize>(answers: [(&str, Canned); N]) -> Self {
        let mut script = Script::default();
        for (line, canned) in answers {
            script.answers.entry(line.to_owned()).or_default().push(canned);
        }
        let home = tempfile::tempdir().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = oneshot::channel();
        let listener =
            std::os::unix::net::UnixListener::bind(home.path().join("berth.sock")).unwrap();
        listener.set_nonblocking(true).unwrap();
        let serving = serve(listener, Arc::new(Mutex::new(script)), Arc::clone(&seen));
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    () = serving => {}
                    _ = stopped => {}
                }
            });
        });
        Self { home, seen, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

async fn serve(
    listener: std::os::unix::net::UnixListener,
    script: Arc<Mutex<Script>>,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    let listener = UnixListener::from_std(listener).unwrap();
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                async move { answer(request, &script, &seen).await }
            });
            // The client may hang up whenever it likes.
            let _gone = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    script: &Mutex<Script>,
    seen: &Mutex<Vec<Seen>>,
) -> Result<Response<Body>, std::io::Error> {
    let line = format!("{} {}", request.method(), request.uri());
    let header =
        |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (idempotency_key, last_event_id) = (header("idempotency-key"), header("last-event-id"));
    let (if_match, authorization) = (header("if-match"), header("authorization"));
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let line_of = line.clone();
    let told =
        Seen { line: line_of, body, idempotency_key, last_event_id, if_match, authorization };
    seen.lock().unwrap().push(told);

    let mut script = script.lock().unwrap();
    let Some(answers) = script.answers.get_mut(&line) else {
        let nothing = Canned::bytes(format!("the test has no answer to {line}").as_bytes());
        return Ok(Canned { status: 501, ..nothing }.response());
    };
    let canned = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
    match canned.end {
        End::HangsUp => Err(std::io::Error::other("no answer")),
        _ => Ok(canned.response()),
    }
}
