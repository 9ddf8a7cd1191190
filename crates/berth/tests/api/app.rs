//! The whole API in one value.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use berth_api::v1::{PROBLEM_MEDIA_TYPE, Problem};
use berth_config::Sources;
use berth_domain::Clock;
use berth_engine::{Providers, SignInProvider};
use berth_engine_testkit::{Installation, Process, odoo};
use berth_runtime::fake::FakeEngine;
use berth_testkit::RandomIds;
use berth_testkit::http::{Answer, Place, request, send};
use berth_web::{Configured, Web, WebError, serve_unix};
use bytes::Bytes;
use http::Request;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long anything may take here.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
/// An id that no operation has.
pub(crate) const NO_OPERATION: &str = "op_0198c0de00007000800000000000a001";

/// A server that listens. It stops with the value.
pub(crate) struct App {
    pub(crate) web: Web,
    pub(crate) stop: CancellationToken,
    pub(crate) server: JoinSet<Result<(), WebError>>,
    // In this order: the process ends before its home goes.
    _process: Process,
    pub(crate) installation: Installation,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::on(Installation::new("test-web").await).await
    }

    /// One in which installations of Odoo leave what they should, so that tenants come up.
    pub(crate) async fn with_odoo() -> Self {
        let installation = Installation::new("test-web").await;
        odoo::answer(&installation.runtime);
        Self::on(installation).await
    }

    /// One in which people may sign in elsewhere too, at the time of this clock.
    pub(crate) async fn with_providers(
        providers: Vec<SignInProvider>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let mut installation = Installation::new("test-web").await;
        odoo::answer(&installation.runtime);
        installation.providers = Providers::new(providers);
        installation.clock = clock;
        Self::on(installation).await
    }

    /// The engine that the containers are in.
    pub(crate) const fn runtime(&self) -> &FakeEngine {
        &self.installation.runtime
    }

    /// Has installations of a module fail from now on.
    pub(crate) fn break_module(&self, module: &'static str) {
        let is_asked = move |word: &String| word.contains(module);
        odoo::answer_unless(self.runtime(), move |spec| spec.command.iter().any(is_asked));
    }

    /// What an engine shows to whoever may look at its containers.
    pub(crate) fn containers(&self) -> String {
        let folders = std::fs::read_dir(self.folder().join("tenants")).into_iter().flatten();
        let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
        let specs = names.map(|name| format!("{:?}\n", self.runtime().spec(&name)));
        specs.collect()
    }

    async fn on(installation: Installation) -> Self {
        let process = installation.start().await;
        let (engine, stop) = (process.engine.clone(), CancellationToken::new());
        let mut registry = Registry::with_prefix("berth");
        registry.register("tests", "Tests that ran", Counter::<u64>::default());
        let web = Web {
            engine,
            metrics: Arc::new(registry),
            ids: Arc::new(RandomIds),
            configured: Arc::new(configured(installation.home())),
        };
        let mut server = JoinSet::new();
        let socket = installation.home().join("berth.sock");
        let (serving, stopped) = (web.clone(), stop.clone());
        server.spawn(async move { serve_unix(serving, &socket, stopped).await });
        let app = Self { web, stop, server, _process: process, installation };
        berth_testkit::wait::until(DEADLINE, async || app.socket().exists()).await;
        app
    }

    pub(crate) fn folder(&self) -> &Path {
        self.installation.home()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.installation.home().join("berth.sock")
    }

    pub(crate) fn place(&self) -> Place {
        Place::Socket(self.socket())
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Answer {
        send(&self.place(), request, DEADLINE).await.unwrap()
    }

    /// Makes a request under `/api/v1`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(request(method, &format!("/api/v1{path}"), body)).await
    }

    /// Makes a request under the organisation that everybody has.
    pub(crate) async fn ours(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call(method, &format!("/organisations/default{path}"), body).await
    }
}

/// What nobody configured.
fn configured(home: &Path) -> Vec<Configured> {
    let sources = Sources { home: Some(home.to_owned()), ..Sources::default() };
    let settings = berth_config::explain(&sources).unwrap().into_iter();
    let worded = settings.map(|it| Configured {
        setting: it.path.to_owned(),
        value: it.value,
        from: it.place.to_string(),
    });
    worded.collect()
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The problem in an answer, which must be one in every respect.
pub(crate) fn problem(answer: &Answer) -> Problem {
    assert_eq!(answer.header("content-type"), Some(PROBLEM_MEDIA_TYPE), "{}", answer.text());
    let problem: Problem = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(problem.status, answer.status);
    assert_eq!(answer.header("x-request-id"), Some(problem.request_id.as_str()));
    problem
}

/// What a client reads of a problem, without what differs each time.
pub(crate) fn worded(answer: &Answer) -> Value {
    let mut worded = serde_json::to_value(problem(answer)).unwrap();
    worded["request_id"] = "req_…".into();
    worded
}
