use berth_engine::{Messenger as _, Undelivered};
use berth_notify::{MailSettings, MailTls, Notifier};
use berth_testkit::sink::MailSink;

use crate::{PATIENCE, message, outbound};

fn notifier(sink: &MailSink, tls: MailTls) -> Notifier {
    let settings = MailSettings {
        host: "127.0.0.1".to_owned(),
        port: sink.address().port(),
        tls,
        sign_in: None,
        from: "Berth <berth@example.com>".to_owned(),
        to: vec!["ops@example.com".to_owned(), "Anna <anna@example.com>".to_owned()],
        reply_to: None,
    };
    Notifier::new(outbound(&[], PATIENCE), Some(settings)).unwrap()
}

#[tokio::test]
async fn a_letter_arrives_at_every_reader() {
    let sink = MailSink::start().await;

    notifier(&sink, MailTls::None).mail(&message("msg_1")).await.unwrap();

    let letter = sink.letters().remove(0);
    assert_eq!(letter.from, "berth@example.com");
    assert_eq!(letter.to, ["ops@example.com", "anna@example.com"]);
    for line in [
        "Subject: [Berth] acme is broken",
        "Message-ID: <msg_1@example.com>",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(letter.text.lines().any(|it| it == line), "no `{line}` in {}", letter.text);
    }
}

#[tokio::test]
async fn a_server_without_tls_is_told_nothing_when_tls_is_wanted() {
    let sink = MailSink::start().await;

    let sent = notifier(&sink, MailTls::StartTls).mail(&message("msg_1")).await;

    assert!(matches!(sent, Err(Undelivered::Failed(_))), "{sent:?}");
    assert!(sink.letters().is_empty());
}

#[tokio::test]
async fn without_a_server_there_is_no_mail() {
    let none = Notifier::new(outbound(&[], PATIENCE), None).unwrap();

    let sent = none.mail(&message("msg_1")).await;

    assert!(matches!(sent, Err(Undelivered::Refused(_))), "{sent:?}");
    assert!(none.readers().is_empty());
}
