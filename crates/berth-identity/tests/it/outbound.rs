use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use berth_identity::oidc::{Provider, SignInError};
use berth_identity::outbound::{Outbound, Resolve, SystemResolver, Unreached};
use serde_json::json;

use crate::idp::{Idp, Reply, at, reaching};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Says one address the first time, and another ever after.
#[derive(Debug)]
struct Names {
    answers: Vec<Vec<SocketAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, _: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
        let answer = &self.answers[turn];
        Ok(answer.iter().map(|address| SocketAddr::new(address.ip(), port)).collect())
    }
}

fn names(answers: &[&[&str]]) -> Arc<Names> {
    let answers = answers
        .iter()
        .map(|answer| answer.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect());
    Arc::new(Names { answers: answers.collect(), asked: AtomicUsize::new(0) })
}

fn of(idp: &Idp, issuer: &str, outbound: Arc<Outbound>) -> Provider {
    let mut settings = idp.settings();
    issuer.clone_into(&mut settings.issuer);
    Provider::new(settings, outbound).unwrap()
}

async fn unreached(provider: &Provider) -> Unreached {
    match provider.begin(at(0)).await {
        Err(SignInError::Unreached(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let idp = Idp::start().await;
    idp.reply(DISCOVERY, Reply::Huge);

    let why = unreached(&idp.party()).await;

    assert!(matches!(why, Unreached::TooLong), "{why:?}");
}

#[tokio::test]
async fn huge_keys_and_tokens_are_not_read_either() {
    let idp = Idp::start().await;
    idp.reply("/token", Reply::Huge);
    let signed_in = idp.sign_in(&idp.party()).await;
    assert!(matches!(signed_in, Err(SignInError::Unreached(Unreached::TooLong))), "{signed_in:?}");

    let idp = Idp::start().await;
    idp.reply("/keys", Reply::Huge);
    let why = unreached(&idp.party()).await;
    assert!(matches!(why, Unreached::TooLong), "{why:?}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (idp, other) = (Idp::start().await, Idp::start().await);
    let there = format!("{}{DISCOVERY}", other.issuer());
    idp.reply(DISCOVERY, Reply::Redirect(there));

    let why = unreached(&idp.party()).await;

    assert!(matches!(why, Unreached::Redirected(302)), "{why:?}");
    let idp = Idp::start().await;
    idp.reply("/token", Reply::Redirect(format!("{}/token", other.issuer())));
    let signed_in = idp.sign_in(&idp.party()).await;
    assert!(
        matches!(signed_in, Err(SignInError::Unreached(Unreached::Redirected(302)))),
        "{signed_in:?}"
    );
    assert_eq!(other.asked(DISCOVERY) + other.asked("/token"), 0, "a redirect was followed");
}

#[tokio::test]
async fn whoever_hangs_is_given_up_in_time() {
    let idp = Idp::start().await;
    idp.reply(DISCOVERY, Reply::Hang);
    let hasty = reaching(&["127.0.0.1"], Arc::new(SystemResolver), Duration::from_millis(300));

    let why = unreached(&of(&idp, &idp.issuer(), hasty)).await;

    assert!(matches!(why, Unreached::Late(_)), "{why:?}");
}

#[tokio::test]
async fn a_provider_cannot_send_us_inside() {
    for (endpoint, address) in [
        ("jwks_uri", "http://169.254.169.254/latest/meta-data"),
        ("jwks_uri", "https://10.213.0.18/keys"),
        ("token_endpoint", "http://10.0.0.1/token"),
        ("token_endpoint", "file:///etc/passwd"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("jwks_uri", "https://[::ffff:169.254.169.254]/keys"),
    ] {
        let idp = Idp::start().await;
        let mut metadata = idp.metadata();
        metadata[endpoint] = json!(address);
        idp.reply(DISCOVERY, Reply::Json(metadata));

        let began = idp.party().begin(at(0)).await;

        assert!(
            matches!(
                began,
                Err(SignInError::Provider(_)
                    | SignInError::Unreached(
                        Unreached::Inside(_) | Unreached::Plain | Unreached::NotAnAddress
                    ))
            ),
            "{endpoint} {address}: {began:?}"
        );
    }
}

#[tokio::test]
async fn a_provider_is_who_it_says_it_is() {
    let idp = Idp::start().await;
    let mut metadata = idp.metadata();
    metadata["issuer"] = json!("https://evil.example");
    idp.reply(DISCOVERY, Reply::Json(metadata));

    let began = idp.party().begin(at(0)).await;

    let Err(SignInError::Provider(why)) = began else { panic!("{began:?}") };
    assert_eq!(why, "it calls itself by another issuer");
}

#[tokio::test]
async fn whoever_is_no_provider_is_told_apart() {
    for reply in [Reply::Status(500), Reply::Json(json!({})), Reply::Json(json!([1, 2]))] {
        let idp = Idp::start().await;
        idp.reply(DISCOVERY, reply.clone());

        let began = idp.party().begin(at(0)).await;

        assert!(matches!(began, Err(SignInError::Provider(_))), "{reply:?}: {began:?}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_leads_nowhere() {
    let idp = Idp::start().await;
    let issuer = format!("http://login.example.com:{}/realm", idp.address().port());
    let patience = Duration::from_secs(10);

    for answers in [["127.0.0.1"].as_slice(), &["8.8.8.8", "127.0.0.1"], &["169.254.169.254"]] {
        let outbound = reaching(&["192.0.2.0/24"], names(&[answers]), patience);
        let why = unreached(&of(&idp, &issuer, outbound)).await;
        assert!(matches!(why, Unreached::Inside(_) | Unreached::Plain), "{answers:?}: {why:?}");
    }
    let nowhere = reaching(&["127.0.0.1"], names(&[&[]]), patience);
    assert!(matches!(unreached(&of(&idp, &issuer, nowhere)).await, Unreached::NoAddress));
    assert_eq!(idp.asked(DISCOVERY), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once_per_request() {
    let idp = Idp::start().await;
    let issuer = format!("http://rebind.example:{}/realm", idp.address().port());
    // The first answer is checked and connected to; what comes later is checked again.
    let names = names(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let outbound = reaching(&["127.0.0.1"], Arc::clone(&names) as _, Duration::from_secs(10));
    let mut metadata = idp.metadata();
    metadata["issuer"] = json!(issuer);
    metadata["jwks_uri"] = json!(format!("{issuer}/keys"));
    idp.reply(DISCOVERY, Reply::Json(metadata));

    let why = unreached(&of(&idp, &issuer, outbound)).await;

    assert!(matches!(why, Unreached::Inside(_)), "{why:?}");
    assert_eq!(names.asked.load(Ordering::SeqCst), 2);
    assert_eq!((idp.asked(DISCOVERY), idp.asked("/keys")), (1, 0));
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_trusted() {
    let idp = Idp::start().await;
    let issuer = format!("https://127.0.0.1:{}/realm", idp.address().port());
    let outbound = reaching(&["127.0.0.1"], Arc::new(SystemResolver), Duration::from_secs(10));

    let why = unreached(&of(&idp, &issuer, outbound)).await;

    assert!(matches!(why, Unreached::Tls(_)), "{why:?}");
    assert_eq!(idp.asked(DISCOVERY), 0);
}
