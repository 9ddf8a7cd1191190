//! What is said of a console, from what is seen of it.

use std::fmt::Write as _;

use super::*;

fn settings() -> ConsoleSettings {
    ConsoleSettings {
        url: "https://berth.example.com:8070".to_owned(),
        address: "192.0.2.1:8070".parse().unwrap(),
        names: vec!["berth.example.com".parse().unwrap()],
        has_tls: true,
        is_behind_proxy: false,
        trusted_proxies: Vec::new(),
    }
}

fn told(checks: &[Check]) -> String {
    let mut text = String::new();
    for Check { name, status, detail, hint } in checks {
        writeln!(text, "{status}: {name}: {detail}").unwrap();
        if let Some(hint) = hint {
            writeln!(text, "  hint: {hint}").unwrap();
        }
    }
    text
}

fn seen(answer: Result<u16, &str>) -> ConsoleSeen {
    ConsoleSeen { answer: answer.map_err(str::to_owned), certificate: None, unusable: None }
}

#[test]
fn a_console_that_nobody_can_reach_is_said_to_be_so() {
    let mut all = [Ok(200), Ok(404), Err("connection refused")]
        .map(|one| answer(&settings(), &seen(one), true))
        .to_vec();
    all.push(answer(&settings(), &seen(Ok(200)), false));

    insta::assert_snapshot!(told(&all), @r"
    ok: console: the API answers at https://berth.example.com:8070 whoever shows a token
    failed: console: it answers 404 at 192.0.2.1:8070
      hint: is another server on its port?
    failed: console: nobody answers at 192.0.2.1:8070: connection refused
      hint: see the log of `berth serve`
    ok: console: nobody claimed the installation yet: only https://berth.example.com:8070/claim answers
    ");
}

#[test]
fn a_certificate_is_judged_as_browsers_do() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let shown = |until: &str| Certificate {
        valid_from: at("2026-05-01T00:00:00Z"),
        valid_until: at(until),
        misses: Vec::new(),
    };
    let good = shown("2026-08-01T00:00:00Z");
    let misses = vec!["berth.example.com".parse().unwrap(), "b.example.com".parse().unwrap()];
    let all = [
        good.clone(),
        shown("2026-06-14T23:59:59Z"),
        shown("2026-05-31T23:59:59Z"),
        Certificate { valid_from: at("2026-06-02T00:00:00Z"), ..good.clone() },
        Certificate { misses, ..good.clone() },
    ];
    let shown = all.into_iter().flat_map(|one| {
        let seen = ConsoleSeen { certificate: Some(Ok(one)), ..seen(Ok(200)) };
        certificate(&seen, at("2026-06-01T00:00:00Z"))
    });
    let said: Vec<Check> = shown.map(|check| Check { hint: None, ..check }).collect();

    insta::assert_snapshot!(told(&said), @r"
    ok: console certificate: it ends on 2026-08-01, in 61 days
    warning: console certificate: it ends on 2026-06-14, in 13 days
    failed: console certificate: it ended on 2026-05-31
    failed: console certificate: it is not valid before 2026-06-02
    failed: console certificate: it is not for `berth.example.com`, `b.example.com`, so browsers refuse it
    ");
    assert!(certificate(&seen(Ok(200)), at("2026-06-01T00:00:00Z")).is_empty(), "without TLS");
}

#[test]
fn files_that_cannot_be_used_are_told_beside_the_certificate_that_stays() {
    let why = "`key.pem` can be read by others than its owner (mode 0644); make it 0600".to_owned();
    let crooked = Some(Err("it ends in the middle".to_owned()));
    let seen = ConsoleSeen { unusable: Some(why), certificate: crooked, ..seen(Ok(200)) };

    insta::assert_snapshot!(told(&certificate(&seen, Timestamp::UNIX_EPOCH)), @r"
    failed: console certificate: its files cannot be used, and the one from before stays: `key.pem` can be read by others than its owner (mode 0644); make it 0600
      hint: put another into the files of `console.tls_certificate` and `console.tls_key`: it is taken within seconds
    failed: console certificate: it cannot be read: it ends in the middle
      hint: put another into the files of `console.tls_certificate` and `console.tls_key`: it is taken within seconds
    ");
}

#[test]
fn what_is_odd_about_a_proxy_is_said() {
    let plain = ConsoleSettings { has_tls: false, is_behind_proxy: true, ..settings() };
    let ranges = |text: &str| vec![text.parse().unwrap()];
    let good = ConsoleSettings { trusted_proxies: ranges("192.0.2.0/24"), ..plain.clone() };
    let everywhere = "0.0.0.0:8070".parse().unwrap();
    let all = [
        settings(),
        good.clone(),
        ConsoleSettings { has_tls: true, ..good.clone() },
        ConsoleSettings { address: everywhere, names: Vec::new(), ..good.clone() },
        ConsoleSettings { trusted_proxies: ranges("::/0"), ..good },
    ];
    let said: Vec<Check> = all.iter().flat_map(proxy).collect();

    insta::assert_snapshot!(told(&said), @r"
    ok: console proxy: a proxy before the console ends TLS
    warning: console proxy: a proxy ends TLS (`console.behind_proxy`), and the console has a certificate all the same
      hint: take one of the two out of the configuration
    warning: console proxy: who comes to 0.0.0.0:8070 past the proxy shows tokens in the open
      hint: listen on the address that the proxy comes to, or close the port to all others
    warning: console proxy: the console has no name, so what comes through the proxy for one is refused
      hint: list the name that people type in `console.names`
    warning: console proxy: whoever comes is believed to come from anywhere: `::/0` is trusted
      hint: list the addresses of your proxies only in `console.trusted_proxies`
    ");
}
