//! The provider's end of HTTP.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{ACCESS_TOKEN, CLIENT, Reply, SECRET, State, claims_of, lock};

pub(super) async fn start(state: Arc<Mutex<State>>) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut guests = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let state = Arc::clone(&state);
            let service = service_fn(move |request| answer(request, Arc::clone(&state), address));
            guests.spawn(async move {
                // Whoever hangs up is gone.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (address, serving)
}

pub(super) fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    })
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    address: SocketAddr,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().trim_start_matches("/realm").to_owned();
    let authorization = request.headers().get(header::AUTHORIZATION).cloned();
    let authorization = authorization.map(|value| value.to_str().unwrap_or_default().to_owned());
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    let body = body.unwrap_or_default();
    let told = {
        let mut state = lock(&state);
        state.asked.push(path.clone());
        state.replies.get(&path).cloned()
    };
    let issuer = format!("http://{address}/realm");
    Ok(match told {
        Some(Reply::Json(value)) => json_answer(200, &value),
        Some(Reply::Huge) => json_answer(200, &json!({"issuer": "x".repeat(1024 * 1024)})),
        Some(Reply::Redirect(to)) => {
            let answer = Response::builder().status(302).header(header::LOCATION, to);
            answer.body(Full::default()).expect("an answer")
        }
        Some(Reply::Hang) => std::future::pending().await,
        Some(Reply::Status(status)) => json_answer(status, &json!({"error": "server_error"})),
        Some(Reply::Error(text)) => {
            json_answer(400, &json!({"error": text, "error_description": text, "error_uri": text}))
        }
        None => match path.as_str() {
            "/.well-known/openid-configuration" => json_answer(200, &metadata(&issuer)),
            "/keys" => {
                let keys: Vec<Value> = lock(&state).shown.iter().map(super::Key::jwk).collect();
                json_answer(200, &json!({ "keys": keys }))
            }
            "/token" => token(&mut lock(&state), &issuer, &body, authorization.as_deref()),
            _ => json_answer(404, &json!({})),
        },
    })
}

/// Trades a code for tokens, and refuses what a provider refuses.
fn token(
    state: &mut State,
    issuer: &str,
    body: &[u8],
    authorization: Option<&str>,
) -> Response<Full<Bytes>> {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str);
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let is_client = authorization == Some(basic.as_str())
        || (field("client_id") == Some(CLIENT)
            && field("client_secret").is_none_or(|it| it == SECRET));
    if !is_client || field("grant_type") != Some("authorization_code") {
        return json_answer(401, &json!({"error": "invalid_client"}));
    }
    let invalid = || json_answer(400, &json!({"error": "invalid_grant"}));
    let code = field("code").unwrap_or_default();
    let grant =
        if state.is_careless { state.grants.get(code).cloned() } else { state.grants.remove(code) };
    let Some(grant) = grant else { return invalid() };
    let verifier = field("code_verifier").unwrap_or_default();
    let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
    let is_verified = URL_SAFE_NO_PAD.encode(digest) == grant.challenge;
    if !is_verified || field("redirect_uri") != Some(grant.redirect.as_str()) {
        return invalid();
    }
    let claims = claims_of(state, issuer, &grant);
    let mut tokens =
        json!({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 60});
    if let Some(token) = state.signing.token(&claims) {
        tokens["id_token"] = token.into();
    }
    json_answer(200, &tokens)
}

fn json_answer(status: u16, value: &Value) -> Response<Full<Bytes>> {
    Response::builder()
        .status(StatusCode::from_u16(status).expect("a status"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(value.to_string())))
        .expect("an answer")
}
