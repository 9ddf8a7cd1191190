//! A provider on loopback: discovers, shows keys, grants codes and trades them for tokens.
//!
//! It keeps to the protocol, and checks what a provider checks (the code, its verifier, the redirect
//! address, the client), unless a test tells it otherwise.

mod keys;
mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use berth_domain::Timestamp;
use berth_identity::oidc::{Callback, ForeignIdentity, Provider, ProviderSettings, SignInError};
use berth_outbound::{Outbound, Policy, SystemResolver};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use url::Url;

pub(crate) use keys::{Key, Signing};

pub(crate) const CLIENT: &str = "berth";
pub(crate) const SECRET: &str = "hush";
pub(crate) const BACK: &str = "https://console.example.com/sign-in/back";

/// The time in these tests, and some seconds later.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// How a path is answered instead of how it should be.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(Value),
    Huge,
    Redirect(String),
    Hang,
    Status(u16),
}

/// What the provider remembers of somebody who signed in there.
#[derive(Debug)]
struct Grant {
    nonce: String,
    challenge: String,
    redirect: String,
}

#[derive(Debug)]
struct State {
    signing: Signing,
    shown: Vec<Key>,
    claims: BTreeMap<String, Value>,
    replies: BTreeMap<String, Reply>,
    grants: BTreeMap<String, Grant>,
    asked: Vec<String>,
}

/// The provider. Nobody is served after it was dropped.
#[derive(Debug)]
pub(crate) struct Idp {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _serving: JoinSet<()>,
}

impl Idp {
    pub(crate) async fn start() -> Self {
        let key = Key::rsa("first");
        let state = State {
            signing: Signing::With(key.clone()),
            shown: vec![key],
            claims: BTreeMap::new(),
            replies: BTreeMap::new(),
            grants: BTreeMap::new(),
            asked: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let (address, serving) = server::start(Arc::clone(&state)).await;
        Self { address, state, _serving: serving }
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://{}/realm", self.address)
    }

    /// From now on it signs like this.
    pub(crate) fn sign(&self, signing: Signing) {
        self.state.lock().unwrap().signing = signing;
    }

    /// From now on it shows these keys.
    pub(crate) fn show(&self, keys: &[Key]) {
        self.state.lock().unwrap().shown = keys.to_vec();
    }

    /// Claims to put into tokens, or with null to leave out.
    pub(crate) fn claim(&self, claims: &Value) {
        let claims = claims.as_object().unwrap().clone();
        self.state.lock().unwrap().claims.extend(claims);
    }

    /// From now on a path is answered like this.
    pub(crate) fn reply(&self, path: &str, reply: Reply) {
        self.state.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.iter().filter(|asked| *asked == path).count()
    }

    /// What the provider says about itself.
    pub(crate) fn metadata(&self) -> Value {
        server::metadata(&self.issuer())
    }

    /// Somebody follows the address, signs in, and is sent back: the query of that.
    pub(crate) fn visit(&self, url: &Url) -> String {
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{url}");
        let mut state = self.state.lock().unwrap();
        let code = format!("code-{}", state.grants.len());
        let grant = Grant {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
        };
        state.grants.insert(code.clone(), grant);
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &asked["state"])
            .append_pair("iss", &self.issuer())
            .finish()
    }

    pub(crate) fn settings(&self) -> ProviderSettings {
        ProviderSettings {
            issuer: self.issuer(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned().into()),
            redirect: BACK.to_owned(),
            scopes: vec!["email".to_owned(), "groups".to_owned()],
            groups_claim: Some("groups".to_owned()),
        }
    }

    /// Us, as this provider knows us.
    pub(crate) fn party(&self) -> Provider {
        Provider::new(self.settings(), local()).unwrap()
    }

    /// A whole sign-in.
    pub(crate) async fn sign_in(&self, party: &Provider) -> Result<ForeignIdentity, SignInError> {
        let (url, attempt) = party.begin(at(0)).await?;
        let query = self.visit(&url);
        party.finish(attempt, Callback::from_query(&query).unwrap(), at(1)).await
    }
}

/// Reaches this machine.
pub(crate) fn local() -> Arc<Outbound> {
    reaching(&["127.0.0.0/8"], Duration::from_secs(10))
}

/// Reaches these ranges beside what is public, and has this much patience.
pub(crate) fn reaching(allowed: &[&str], patience: Duration) -> Arc<Outbound> {
    let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
    let policy = Policy {
        setting: "sign_in.allow_private",
        allowed,
        own: vec!["10.213.0.0/16".parse().unwrap()],
    };
    Arc::new(Outbound::with(policy, Arc::new(SystemResolver), patience).unwrap())
}

/// The claims of a token, before a test changes them.
fn claims_of(state: &State, issuer: &str, nonce: &str) -> Value {
    let mut claims = json!({
        "iss": issuer,
        "sub": "248289761001",
        "aud": CLIENT,
        "iat": at(0).as_second(),
        "exp": at(300).as_second(),
        "nonce": nonce,
        "email": "jo@example.com",
        "email_verified": true,
        "groups": ["staff"],
    });
    let object = claims.as_object_mut().unwrap();
    for (name, value) in &state.claims {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    claims
}
