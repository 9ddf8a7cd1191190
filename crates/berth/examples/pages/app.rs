//! The installation that pictures are taken of: what a hosting company has, with containers in memory and a
//! clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use berth_config::Sources;
use berth_domain::{Bytes, Digest, HostName, IdSource, Limits};
use berth_engine::{ConsoleSeen, ConsoleSettings, Door};
use berth_engine_testkit::{
    Installation, Process, SeenConsole, capabilities, console, know, reference,
};
use berth_odoo::probe::{Module, Wkhtmltopdf};
use berth_testkit::http::{Answer, Place, request, send};
use berth_testkit::{FixedClock, SequentialIds};
use berth_web::{Configured, Web};
use bytes::Bytes as Body;
use http::Request;
use jiff::SignedDuration;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use crate::scene::{OPERATOR, PASSWORD, commands, jobs};
use crate::tcp::Tcp;

/// How long anything may take here.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);
/// When the installation is new.
const BEGIN: &str = "2026-10-12T08:00:00Z";
/// Of the image.
const DIGEST: &str = "sha256:4c7be15a2f0d83d96be07f5e1ac9d27f6b0e8e93d1f45a7c2b6f9018e3d5c74a";
const DOMAIN: &str = "nordquay.cloud";

pub(crate) struct App {
    pub(crate) web: Web,
    pub(crate) installation: Installation,
    pub(crate) clock: Arc<FixedClock>,
    /// Whether tenants take their time until they answer. The clock goes on meanwhile.
    pub(crate) is_slow: Arc<AtomicBool>,
    /// In which the operator is signed in, beside the browser.
    cookie: Option<String>,
    place: Option<Place>,
    // Before the home goes.
    process: Process,
}

impl App {
    pub(crate) async fn start() -> Self {
        let mut installation = Installation::new("test-pictures").await;
        let clock = Arc::new(FixedClock::at(BEGIN));
        installation.clock = clock.clone();
        installation.ids = Arc::new(SequentialIds::default());
        let is_slow = Arc::new(AtomicBool::new(false));
        let edge = Edge { clock: clock.clone(), is_slow: is_slow.clone() };
        installation.door = Arc::new(edge);
        let seen = ConsoleSeen { answer: Ok(200), certificate: None, unusable: None };
        installation.console = Some(Arc::new(SeenConsole(seen)));
        settle(&mut installation);
        know_image(&installation).await;
        installation.runtime.answer_jobs(jobs(Arc::clone(&clock)));
        installation.runtime.answer_execs(commands);
        crate::curves::nobody_measures(&installation.runtime);
        let process = installation.start().await;
        let ids: Arc<dyn IdSource> = Arc::new(SequentialIds::default());
        let web = Web {
            engine: process.engine.clone(),
            metrics: Arc::new(Registry::default()),
            ids,
            configured: Arc::new(configured()),
        };
        Self { web, installation, clock, is_slow, cookie: None, place: None, process }
    }

    /// From now on it is asked there.
    pub(crate) fn at(&mut self, tcp: &Tcp) {
        self.place = Some(Place::Address(tcp.address));
    }

    /// Signs the operator in anew: sessions end while weeks pass.
    pub(crate) async fn sign_in(&mut self) {
        let body = json!({ "email": OPERATOR, "password": PASSWORD });
        let answer = self.send(request("POST", "/api/v1/sign-in", &body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.header("set-cookie").and_then(|set| set.split_once(';'));
        self.cookie = cookie.map(|(cookie, _)| cookie.to_owned());
    }

    /// What somebody is told who is nobody yet.
    pub(crate) async fn open(&self, path: &str, body: &Value) -> Value {
        good(&self.send(request("POST", &format!("/api/v1{path}"), body)).await)
    }

    /// Makes a request of the operator under `/api/v1`.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut request = request(method, &format!("/api/v1{path}"), body);
        let cookie = self.cookie.as_deref().unwrap_or_default();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request.headers_mut().insert("sec-fetch-site", "same-origin".parse().unwrap());
        good(&self.send(request).await)
    }

    /// The same, in an organisation.
    pub(crate) async fn of(&self, org: &str, (method, path): (&str, &str), body: &Value) -> Value {
        self.call(method, &format!("/organisations/{org}{path}"), body).await
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        let place = self.place.as_ref().expect("somebody listens");
        request.headers_mut().insert("host", "localhost".parse().unwrap());
        send(place, request, DEADLINE).await.unwrap()
    }

    pub(crate) async fn end(self) {
        self.process.crash().await;
    }
}

fn good(answer: &Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

fn settle(installation: &mut Installation) {
    let settings = &mut installation.settings;
    settings.base_domain = DOMAIN.parse().unwrap();
    settings.scheme = "https";
    settings.port_suffix = String::new();
    settings.defaults.limits = Limits { cpu_millis: 1000, memory: Bytes::mib(1024), pids: 256 };
    settings.memory_percent = 200;
    // As soon as the clock was moved, everything was looked at.
    settings.scan_every = Duration::from_secs(2);
    let names = vec!["berth.nordquay.example".parse().unwrap()];
    let url = "https://berth.nordquay.example".to_owned();
    settings.console =
        Some(ConsoleSettings { url, names, is_behind_proxy: true, ..console("berth.example") });
}

/// An edge that knows all tenants, and nobody else.
#[derive(Debug)]
struct Edge {
    clock: Arc<FixedClock>,
    is_slow: Arc<AtomicBool>,
}

#[async_trait]
impl Door for Edge {
    async fn knock(&self, host: &HostName, _: &str) -> std::io::Result<u16> {
        let host = host.to_string();
        if self.is_slow.load(Ordering::Relaxed) {
            let length = i64::try_from(host.len()).unwrap_or_default();
            self.clock.advance(SignedDuration::from_millis(640 + 37 * length));
        }
        Ok(if host.ends_with(".invalid") { 404 } else { 200 })
    }
}

/// An image that lacks nothing.
async fn know_image(installation: &Installation) {
    let mut all = capabilities();
    let (version, patched) = ("0.12.6.1".to_owned(), true);
    all.wkhtmltopdf = Some(Wkhtmltopdf { version, patched });
    for module in ["sale_margin", "purchase", "stock", "project", "website", "hr_holidays"] {
        all.modules.insert(module.to_owned(), Module { installable: true, ..Module::default() });
    }
    for (code, name) in [("nb_NO", "Norwegian Bokmål"), ("sv_SE", "Swedish"), ("de_DE", "German")]
    {
        all.languages.insert(code.to_owned(), name.to_owned());
    }
    let at = installation.clock.now();
    let digest: Digest = DIGEST.parse().unwrap();
    installation.runtime.add_image(&reference("odoo:19.0"), &digest);
    installation.runtime.add_image(&reference("postgres:18"), &digest);
    know(&installation.store, reference("odoo:19.0"), digest, &all, at).await;
}

/// What such a company would have in its file.
fn configured() -> Vec<Configured> {
    let sources = Sources { home: Some("/var/lib/berth".into()), ..Sources::default() };
    let settings = berth_config::explain(&sources).unwrap().into_iter();
    let lines = [
        ("edge.base_domain", "\"nordquay.cloud\"", 4),
        ("edge.listen", "\"0.0.0.0:80\"", 3),
        ("tenants.memory", "\"1GiB\"", 9),
    ];
    let worded = settings.map(|it| {
        let line = lines.iter().find(|(path, ..)| *path == it.path);
        Configured {
            setting: it.path.to_owned(),
            value: line.map_or(it.value, |(_, value, _)| (*value).to_owned()),
            from: line.map_or_else(
                || it.place.to_string(),
                |(.., line)| format!("/var/lib/berth/berth.toml:{line}"),
            ),
        }
    });
    worded.collect()
}
