use std::time::Duration;

use berth_domain::Timestamp;
use berth_engine::{Messenger as _, Undelivered, Webhook};
use berth_notify::{Notifier, sign};
use berth_testkit::sink::{Reply, WebSink};
use secrecy::SecretString;

use crate::{PATIENCE, message, outbound};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn to(url: impl Into<String>) -> Webhook {
    Webhook { url: url.into(), secret: SecretString::from(SECRET) }
}

fn local() -> Notifier {
    Notifier::new(outbound(&["127.0.0.0/8"], PATIENCE), None).unwrap()
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
    assert!(said[6].starts_with("cannot speak HTTP with it: "), "{}", said[6]);
    assert!(other.arrivals().is_empty(), "the redirect was followed");
}

#[tokio::test]
async fn whoever_hangs_is_given_up_in_time() {
    let sink = WebSink::start().await;
    sink.reply([Reply::Hang]);

    let hasty = outbound(&["127.0.0.1"], Duration::from_millis(300));
    let hasty = Notifier::new(hasty, None).unwrap();

    let sent = hasty.post(&to(sink.url("/")), &message("msg_1"), at()).await;

    assert_eq!(sent, Err(Undelivered::Failed("no answer within 300ms".to_owned())));
}

#[tokio::test]
async fn an_address_that_may_not_be_reached_is_refused_for_good() {
    let sink = WebSink::start().await;
    let strict = Notifier::new(outbound(&[], PATIENCE), None).unwrap();
    let url = format!("https://127.0.0.1:{}/", sink.address().port());

    let sent = strict.post(&to(&url), &message("msg_1"), at()).await;

    let why = "127.0.0.1 is not a public address: `notify.allow_private` can name its range";
    assert_eq!(sent, Err(Undelivered::Refused(why.to_owned())));
    assert_eq!(strict.check(&url), Err(why.to_owned()));
    assert!(sink.arrivals().is_empty());
}
