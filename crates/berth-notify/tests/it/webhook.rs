use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::Timestamp;
use berth_engine::{Messenger as _, Undelivered, Webhook};
use berth_notify::{Notifier, Policy, Resolve, sign};
use berth_testkit::sink::{Reply, WebSink};
use secrecy::SecretString;

use crate::message;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn to(url: impl Into<String>) -> Webhook {
    Webhook { url: url.into(), secret: SecretString::from(SECRET) }
}

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

/// One that may reach these ranges, and asks these names.
fn notifier(allowed: &[&str], names: Arc<Names>) -> Notifier {
    let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
    let policy = Policy { allowed, own: vec!["10.213.0.0/16".parse().unwrap()] };
    Notifier::with(policy, None, (names, Duration::from_secs(10))).unwrap()
}

fn local() -> Notifier {
    notifier(&["127.0.0.0/8"], names(&[&["127.0.0.1"]]))
}

/// One that soon has enough.
fn hasty() -> Notifier {
    let policy = Policy { allowed: vec!["127.0.0.1".parse().unwrap()], own: Vec::new() };
    let patience = Duration::from_millis(300);
    Notifier::with(policy, None, (names(&[&["127.0.0.1"]]), patience)).unwrap()
}

#[tokio::test]
async fn a_message_arrives_signed() {
    let sink = WebSink::start().await;

    local().post(&to(sink.url("/hook?a=b")), &message("msg_1"), at()).await.unwrap();

    let arrival = sink.arrivals().remove(0);
    assert_eq!(arrival.line, "POST /hook?a=b HTTP/1.1");
    assert_eq!(arrival.header("content-type"), "application/json");
    assert_eq!(arrival.header("host"), sink.address().to_string());
    assert_eq!(arrival.header("webhook-id"), "msg_1");
    assert_eq!(arrival.header("webhook-timestamp"), "1800000000");
    let body = arrival.body.as_bytes();
    let signature = sign(&SecretString::from(SECRET), "msg_1", 1_800_000_000, body);
    assert_eq!(Some(arrival.header("webhook-signature")), signature.as_deref());
    let body: serde_json::Value = serde_json::from_str(&arrival.body).unwrap();
    assert_eq!(body["kind"], "tenant.broken");
    assert_eq!(body["tenant"], "acme");
}

#[tokio::test]
async fn only_success_is_success() {
    let sink = WebSink::start().await;
    let other = WebSink::start().await;
    let (local, to) = (local(), to(sink.url("/")));
    let mut said = Vec::new();

    for reply in [
        Reply::Status(200),
        Reply::Status(202),
        Reply::Status(400),
        Reply::Status(410),
        Reply::Status(503),
        Reply::Redirect(other.url("/")),
        Reply::Endless,
    ] {
        sink.reply([reply]);
        let sent = local.post(&to, &message("msg_1"), at()).await;
        said.push(sent.err().map(|error| error.to_string()));
    }

    let said: Vec<&str> = said.iter().map(|it| it.as_deref().unwrap_or("ok")).collect();
    assert_eq!(said[..2], ["ok", "ok"]);
    assert_eq!(said[2], "it answered 400");
    assert_eq!(said[3], "the address is gone: it answered 410");
    assert_eq!(said[4], "it answered 503");
    assert_eq!(said[5], "it answered 302: redirects are not followed");
    assert!(said[6].starts_with("HTTP: "), "{}", said[6]);
    assert!(other.arrivals().is_empty(), "the redirect was followed");
}

#[tokio::test]
async fn whoever_hangs_is_given_up_in_time() {
    let sink = WebSink::start().await;
    sink.reply([Reply::Hang]);

    let sent = hasty().post(&to(sink.url("/")), &message("msg_1"), at()).await;

    assert_eq!(sent, Err(Undelivered::Failed("no answer within 300ms".to_owned())));
}

#[tokio::test]
async fn nothing_inside_is_reached_by_whatever_name() {
    let sink = WebSink::start().await;
    let port = sink.address().port();
    let inside = notifier(&["192.0.2.0/24"], names(&[&["127.0.0.1"]]));

    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "10.213.0.18",
        "0.0.0.0",
        "hooks.example.com",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}:{port}/");
            let sent = inside.post(&to(&url), &message("msg_1"), at()).await;
            assert!(matches!(sent, Err(Undelivered::Refused(_))), "{url}: {sent:?}");
        }
    }
    assert!(sink.arrivals().is_empty());
}

#[tokio::test]
async fn one_bad_address_among_good_ones_is_enough() {
    let names = names(&[&["8.8.8.8", "127.0.0.1"]]);

    let sent = notifier(&[], names).post(&to("https://a.example/"), &message("m"), at()).await;

    let why = "127.0.0.1 is not a public address: `notify.allow_private` can name its range";
    assert_eq!(sent, Err(Undelivered::Refused(why.to_owned())));
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once() {
    let sink = WebSink::start().await;
    // A public answer would be checked, and a second question would lead inside.
    let names = names(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let url = format!("http://rebind.example:{}/", sink.address().port());
    let notifier = notifier(&["127.0.0.1"], Arc::clone(&names));

    notifier.post(&to(url), &message("msg_1"), at()).await.unwrap();

    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert_eq!(sink.arrivals().len(), 1);
}

#[tokio::test]
async fn plain_http_goes_to_named_ranges_only() {
    let outside = notifier(&["127.0.0.1"], names(&[&["8.8.8.8"]]));

    let sent = outside.post(&to("http://hooks.example.com/"), &message("m"), at()).await;

    assert!(matches!(sent, Err(Undelivered::Refused(_))), "{sent:?}");
    let nothing_named = notifier(&[], names(&[&["8.8.8.8"]]));
    assert!(nothing_named.check("http://hooks.example.com/").is_err());
    assert!(nothing_named.check("https://hooks.example.com/").is_ok());
}

#[tokio::test]
async fn crooked_addresses_are_refused() {
    for url in [
        "",
        "hooks.example.com",
        "ftp://a.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@a.example/",
        "https://user@a.example/",
        "https://a.example/\r\nx: y",
        "https://a example/",
        "unix:///run/docker.sock",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://127.1/",
        "javascript:alert(1)",
    ] {
        assert!(notifier(&[], names(&[&["8.8.8.8"]])).check(url).is_err(), "{url}");
    }
    let long = format!("https://a.example/{}", "x".repeat(3000));
    assert!(notifier(&[], names(&[&["8.8.8.8"]])).check(&long).is_err());
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_trusted() {
    let sink = WebSink::start().await;
    let url = format!("https://hooks.example.com:{}/", sink.address().port());

    let sent = hasty().post(&to(url), &message("msg_1"), at()).await;

    let Err(Undelivered::Failed(why)) = sent else { panic!("{sent:?}") };
    assert!(why.starts_with("TLS: ") || why == "no answer within 300ms", "{why}");
    assert!(sink.arrivals().is_empty());
}
