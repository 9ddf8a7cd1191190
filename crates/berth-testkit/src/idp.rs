//! A provider of identities on loopback (`OpenID` Connect): discovers, shows keys, grants codes and
//! trades them for tokens.
//!
//! It keeps to the protocol, and checks what a provider checks (the code, its verifier, the redirect
//! address, the client), unless a test tells it otherwise.

mod keys;
mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use berth_domain::Clock;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use url::Url;

pub use keys::{Key, Signing};

/// What the provider calls whoever asks it, and what they prove it with.
pub const CLIENT: &str = "berth";
pub const SECRET: &str = "hush-canary-of-the-client-3Kd8";
/// What it gives beside who somebody is.
pub const ACCESS_TOKEN: &str = "opaque-canary-of-the-provider-9Zp1";
/// Who signs in there, unless a test says somebody else.
pub const SUBJECT: &str = "248289761001";

/// How a path is answered instead of how it should be.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(Value),
    Huge,
    Redirect(String),
    Hang,
    Status(u16),
    /// An error of the protocol, in these words.
    Error(String),
}

/// What the provider remembers of somebody who signed in there.
#[derive(Debug, Clone)]
struct Grant {
    nonce: String,
    challenge: String,
    redirect: String,
    /// What it says of them beside what it says of everybody.
    claims: Value,
}

#[derive(Debug)]
struct State {
    clock: Arc<dyn Clock>,
    signing: Signing,
    shown: Vec<Key>,
    claims: BTreeMap<String, Value>,
    replies: BTreeMap<String, Reply>,
    grants: BTreeMap<String, Grant>,
    granted: usize,
    /// Whether a code may be traded again, as no provider should let it.
    is_careless: bool,
    asked: Vec<String>,
}

/// The provider. Nobody is served after it was dropped.
#[derive(Debug)]
pub struct Idp {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _serving: JoinSet<()>,
}

impl Idp {
    /// Starts one whose tokens are from the time of this clock.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let key = Key::rsa("first");
        let state = State {
            clock,
            signing: Signing::With(key.clone()),
            shown: vec![key],
            claims: BTreeMap::new(),
            replies: BTreeMap::new(),
            grants: BTreeMap::new(),
            granted: 0,
            is_careless: false,
            asked: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let (address, serving) = server::start(Arc::clone(&state)).await;
        Self { address, state, _serving: serving }
    }

    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://{}/realm", self.address)
    }

    /// From now on it signs like this.
    pub fn sign(&self, signing: Signing) {
        lock(&self.state).signing = signing;
    }

    /// From now on it shows these keys.
    pub fn show(&self, keys: &[Key]) {
        lock(&self.state).shown = keys.to_vec();
    }

    /// Claims to put into tokens, or with null to leave out.
    pub fn claim(&self, claims: &Value) {
        let claims = claims.as_object().into_iter().flatten();
        let claims = claims.map(|(name, value)| (name.clone(), value.clone()));
        lock(&self.state).claims.extend(claims);
    }

    /// From now on a path is answered like this.
    pub fn reply(&self, path: &str, reply: Reply) {
        lock(&self.state).replies.insert(path.to_owned(), reply);
    }

    /// From now on everything is answered as it should be.
    pub fn behave(&self) {
        lock(&self.state).replies.clear();
    }

    /// From now on codes can be traded again and again.
    pub fn be_careless(&self) {
        lock(&self.state).is_careless = true;
    }

    /// How often a path was asked for.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        lock(&self.state).asked.iter().filter(|asked| *asked == path).count()
    }

    /// What the provider says about itself.
    #[must_use]
    pub fn metadata(&self) -> Value {
        server::metadata(&self.issuer())
    }

    /// Somebody follows the address, signs in, and is sent back: the query of that.
    ///
    /// # Panics
    ///
    /// When the address is not one that a sign-in begins with.
    #[must_use]
    pub fn visit(&self, url: &Url) -> String {
        self.visit_as(url, &json!({}))
    }

    /// The same for somebody of whom this is said.
    ///
    /// # Panics
    ///
    /// As [`Idp::visit`].
    #[must_use]
    pub fn visit_as(&self, url: &Url, claims: &Value) -> String {
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{url}");
        let mut state = lock(&self.state);
        let code = format!("canary-of-the-code-{}", state.granted);
        state.granted += 1;
        let grant = Grant {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            claims: claims.clone(),
        };
        state.grants.insert(code.clone(), grant);
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &asked["state"])
            .append_pair("iss", &self.issuer())
            .finish()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("nobody panics while the provider thinks")
}

/// The claims of a token, before a test changes them.
fn claims_of(state: &State, issuer: &str, grant: &Grant) -> Value {
    let now = state.clock.now().as_second();
    let mut claims = json!({
        "iss": issuer,
        "sub": SUBJECT,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 300,
        "nonce": grant.nonce,
        "email": "jo@example.com",
        "email_verified": true,
        "groups": ["staff"],
    });
    let own = grant.claims.as_object().into_iter().flatten();
    for (name, value) in state.claims.iter().chain(own) {
        let object = claims.as_object_mut().expect("claims are an object");
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    claims
}
