use super::*;

fn mailer() -> Mailer {
    Mailer::new(MailSettings {
        host: "localhost".to_owned(),
        port: 25,
        tls: MailTls::None,
        sign_in: None,
        from: "Berth <berth@example.com>".to_owned(),
        to: vec!["ops@example.com".to_owned(), "Anna <anna@example.com>".to_owned()],
        reply_to: Some("help@example.com".to_owned()),
    })
    .expect("settings that are in order")
}

fn message(title: &str, why: &str) -> Message {
    Message {
        id: "msg_0190".to_owned(),
        kind: "tenant.broken".to_owned(),
        time: "2026-05-04T10:00:00Z".to_owned(),
        organisation: "default".to_owned(),
        tenant: Some("acme".to_owned()),
        operation: Some("op_1".to_owned()),
        title: title.to_owned(),
        message: why.to_owned(),
        hint: Some("try the operation that failed again".to_owned()),
        command: Some("berth operation retry op_1".to_owned()),
        url: Some("http://acme.localhost:8069".to_owned()),
    }
}

fn formatted(message: &Message) -> String {
    let letter = mailer().letter(message).expect("a letter");
    String::from_utf8(letter.formatted()).expect("text").replace('\r', "")
}

#[test]
fn a_letter_says_what_happened_and_what_helps() {
    let letter = formatted(&message("acme is broken", "its container ends at once"));

    let lines: Vec<&str> = letter.lines().filter(|line| !line.starts_with("Date: ")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn nothing_in_a_message_becomes_a_header() {
    // Messages are tidied where they are made; this is what stands behind that.
    let letter = formatted(&message("acme\r\nBcc: all@example.com\r\n\r\nhello", "why\nnot"));

    let head = letter.split("\n\n").next().expect("a head");
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    let to: Vec<&str> = head.lines().filter(|line| line.starts_with("To: ")).collect();
    assert_eq!(to, ["To: ops@example.com, Anna <anna@example.com>"]);
}

#[test]
fn an_address_that_is_none_is_refused() {
    for text in ["", "anna", "anna@", "a b@example.com", "a@example.com\r\nBcc: b@example.com"] {
        assert!(mailbox(text).is_err(), "{text}");
    }
}

fn one(to: &str, subject: &str) -> Result<String, Undelivered> {
    let letter = Letter {
        id: "inv_0190".to_owned(),
        to: to.parse().expect("an address"),
        subject: subject.to_owned(),
        text: "Hello,\nBcc: all@example.com\n\n  the-code\n".to_owned().into(),
    };
    let sent = mailer().to_one(&letter)?;
    Ok(String::from_utf8(sent.formatted()).expect("text").replace('\r', ""))
}

#[test]
fn a_letter_goes_to_whom_it_is_for_and_to_no_reader() {
    let letter = one("jo@example.org", "An invitation to Berth").expect("a letter");

    let (head, body) = letter.split_once("\n\n").expect("a head");
    let to: Vec<&str> = head.lines().filter(|line| line.contains("@example.org")).collect();
    assert_eq!(to, ["To: jo@example.org"]);
    for other in ["ops@example.com", "anna@example.com", "Bcc", "the-code"] {
        assert!(!head.contains(other), "{other}: {head}");
    }
    assert!(
        head.contains("Auto-Submitted: auto-generated") && head.contains("text/plain"),
        "{head}"
    );
    assert!(body.contains("the-code"), "{body}");
}

#[test]
fn nothing_in_a_letter_becomes_a_header() {
    let letter = one("jo@example.org", "hello\r\nBcc: all@example.com\r\n\r\nhello");

    let letter = letter.expect("a letter");
    let head = letter.split("\n\n").next().expect("a head");
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
}
