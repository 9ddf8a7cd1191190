//! An installation with a provider, and a browser.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::Clock as _;
use berth_domain::access::Role;
use berth_domain::provider::{GroupRole, Terms};
use berth_engine::SignInProvider;
use berth_identity::oidc::{GroupMapping, Provider, ProviderSettings};
use berth_outbound::{Outbound, Policy, SystemResolver};
use berth_testkit::FixedClock;
use berth_testkit::http::{Answer, request};
use berth_testkit::idp::{CLIENT, Idp, SECRET};
use bytes::Bytes;
use http::Request;
use serde_json::Value;
use url::Url;

use crate::app::App;

pub(crate) const TRUSTED: Terms = Terms { vouches_for_addresses: true, lets_in_strangers: false };
pub(crate) const UNTRUSTED: Terms =
    Terms { vouches_for_addresses: false, lets_in_strangers: false };
const CORP: &str = "/api/v1/sign-in/providers/corp";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) idp: Idp,
    /// A second provider, `other`, which may vouch for nothing.
    pub(crate) other: Idp,
    pub(crate) clock: Arc<FixedClock>,
}

impl World {
    pub(crate) async fn new(terms: Terms) -> Self {
        Self::patient(terms, Duration::from_secs(10)).await
    }

    /// One in which a provider has so long to answer.
    pub(crate) async fn patient(terms: Terms, patience: Duration) -> Self {
        let clock = Arc::new(FixedClock::default());
        let (idp, other) = (Idp::start(clock.clone()).await, Idp::start(clock.clone()).await);
        let providers = vec![provider(("corp", "Example Corp"), &idp, terms, patience)];
        let app = App::with_providers(providers, clock.clone()).await;
        Self { app, idp, other, clock }
    }

    /// One with both providers, of which the first is trusted.
    pub(crate) async fn of_two() -> Self {
        let clock = Arc::new(FixedClock::default());
        let (idp, other) = (Idp::start(clock.clone()).await, Idp::start(clock.clone()).await);
        let patience = Duration::from_secs(10);
        let providers = vec![
            provider(("corp", "Example Corp"), &idp, TRUSTED, patience),
            provider(("other", "Other"), &other, UNTRUSTED, patience),
        ];
        let app = App::with_providers(providers, clock.clone()).await;
        Self { app, idp, other, clock }
    }

    /// A browser begins: where it is sent, and what it holds.
    pub(crate) async fn begin(&self, end: &str) -> (Url, String) {
        self.begin_at(&format!("{CORP}{end}")).await
    }

    pub(crate) async fn begin_at(&self, path: &str) -> (Url, String) {
        let begun = self.app.send(request("GET", path, &Value::Null)).await;
        assert_eq!(begun.status, 303, "{}", begun.text());
        let set = begun.header("set-cookie").unwrap();
        let (cookie, rules) = set.split_once(';').unwrap();
        assert_eq!(rules, " Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(begun.header("cache-control"), Some("no-store"));
        (location(&begun).parse().unwrap(), cookie.to_owned())
    }

    /// The provider sends a browser back with this query.
    pub(crate) async fn back(&self, cookie: Option<&str>, query: &str) -> Answer {
        self.back_at("corp", cookie, query).await
    }

    pub(crate) async fn back_at(&self, id: &str, cookie: Option<&str>, query: &str) -> Answer {
        self.app.send(returning(id, cookie, query)).await
    }

    /// A whole sign-in of somebody of whom this is said.
    pub(crate) async fn come(&self, claims: &Value) -> Answer {
        let (url, cookie) = self.begin("").await;
        self.back(Some(&cookie), &self.idp.visit_as(&url, claims)).await
    }

    /// The same at the other provider.
    pub(crate) async fn come_from_other(&self, claims: &Value) -> Answer {
        let (url, cookie) = self.begin_at("/api/v1/sign-in/providers/other").await;
        self.back_at("other", Some(&cookie), &self.other.visit_as(&url, claims)).await
    }

    /// So many seconds go by.
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.set(self.clock.now() + Duration::from_secs(seconds));
    }

    /// Who did what, newest first, to the installation or below a path.
    pub(crate) async fn told(&self, below: &str) -> Vec<String> {
        let written = self.app.call("GET", &format!("{below}/audit"), &Value::Null).await.json();
        let line = |entry: &Value| {
            let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", text("actor"), text("action"), text("outcome"))
        };
        written["items"].as_array().unwrap().iter().map(line).collect()
    }

    /// Why the last thing was denied that was done to the installation.
    pub(crate) async fn why(&self) -> String {
        let written = self.app.call("GET", "/audit", &Value::Null).await.json();
        written["items"][0]["after"]["why"].as_str().unwrap_or_default().to_owned()
    }
}

/// A browser that a provider sends back.
pub(crate) fn returning(id: &str, cookie: Option<&str>, query: &str) -> Request<Bytes> {
    let path = format!("/api/v1/sign-in/providers/{id}/callback?{query}");
    let mut request = request("GET", &path, &Value::Null);
    let headers = request.headers_mut();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    if let Some(cookie) = cookie {
        headers.insert("cookie", cookie.parse().unwrap());
    }
    request
}

pub(crate) fn location(answer: &Answer) -> &str {
    answer.header("location").unwrap_or_else(|| panic!("{}: {}", answer.status, answer.text()))
}

/// The cookie of the session that an answer begins.
pub(crate) fn session_of(answer: &Answer) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let cookies = set.filter_map(|value| value.split(';').next());
    let is_session = |cookie: &&str| cookie.starts_with("__Host-berth=");
    cookies.into_iter().find(is_session).map(str::to_owned)
}

/// A provider, as the configuration would have it.
pub(crate) fn provider(
    (id, name): (&str, &str),
    idp: &Idp,
    terms: Terms,
    patience: Duration,
) -> SignInProvider {
    let policy = Policy {
        setting: "sign_in.allow_private",
        allowed: vec!["127.0.0.0/8".parse().unwrap()],
        own: Vec::new(),
    };
    let outbound = Outbound::with(policy, Arc::new(SystemResolver), patience).unwrap();
    let settings = ProviderSettings {
        issuer: idp.issuer(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SECRET.to_owned().into()),
        redirect: format!("https://berth.example.com/api/v1/sign-in/providers/{id}/callback"),
        scopes: vec!["email".to_owned()],
        groups_claim: Some("groups".to_owned()),
    };
    let own = |role| GroupRole::In { organisation: "default".to_owned(), role };
    let nowhere = GroupRole::In { organisation: "nowhere".to_owned(), role: Role::Admin };
    let lines = [
        ("it", GroupRole::Operator),
        ("leads", own(Role::Admin)),
        ("staff", own(Role::Member)),
        ("lost", nowhere),
    ];
    let lines = lines.map(|(group, role)| (group.parse().unwrap(), role)).into();
    SignInProvider {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        party: Provider::new(settings, Arc::new(outbound)).unwrap(),
        mapping: GroupMapping::new(lines),
        terms,
    }
}
