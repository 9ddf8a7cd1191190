//! Requests as they may come, and what becomes of them.

use berth_testkit::FixedClock;

use super::*;
use crate::console::ConsoleLimits;

fn rules() -> Rules {
    let config = ConsoleConfig {
        listen: "0.0.0.0:0".parse().unwrap(),
        names: vec!["berth.example.com".parse().unwrap()],
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        tls: None,
        limits: ConsoleLimits::default(),
    };
    Rules::new(config, false, Arc::new(FixedClock::default()))
}

fn checked(target: &str, hosts: &[&str]) -> Result<IpAddr, ApiError> {
    let mut request = Request::get(target);
    for host in hosts {
        request = request.header(header::HOST, *host);
    }
    rules().check(&request.body(()).unwrap(), "192.0.2.1".parse().unwrap())
}

#[test]
fn names_that_nobody_configured_are_refused() {
    for host in [
        "berth.example.com",
        "BERTH.example.com.",
        "berth.example.com:8070",
        "localhost:8070",
        "berth.localhost",
        "127.0.0.1",
        "192.0.2.7:8070",
        "[::1]:8070",
        "[2001:db8::1]",
    ] {
        assert!(checked("/", &[host]).is_ok(), "{host}");
    }
    for host in [
        "",
        "evil.example",
        "berth.example.com.evil.example",
        "evil.example#localhost",
        "localhost@evil.example",
        "evil@localhost",
        "notlocalhost",
        "example.com",
        "localhost, evil.example",
    ] {
        assert!(checked("/", &[host]).is_err(), "{host}");
    }
}

#[test]
fn a_host_is_named_exactly_once_and_the_target_names_no_other() {
    assert!(checked("/", &[]).is_err());
    assert!(checked("/", &["localhost", "localhost"]).is_err());
    assert!(checked("http://localhost/", &["localhost"]).is_ok());
    assert!(checked("http://evil.example/", &["localhost"]).is_err());
    assert!(checked("http://localhost/", &["evil.example"]).is_err());
}

#[test]
fn older_http_is_refused() {
    let mut request = Request::get("/").header(header::HOST, "localhost").body(()).unwrap();
    *request.version_mut() = Version::HTTP_10;

    assert!(rules().check(&request, "192.0.2.1".parse().unwrap()).is_err());
}

#[test]
fn a_network_that_keeps_showing_bad_tokens_is_told_to_wait_and_others_are_not() {
    let rules = rules();
    let guesser: IpAddr = "192.0.2.1".parse().unwrap();
    let is_slowed = |from, token: usize| {
        matches!(rules.refused(from, &format!("berth_{token}")), ApiError::TooOften { .. })
    };

    let slowed = (0..100).filter(|&token| is_slowed(guesser, token)).count();

    assert!((1..100).contains(&slowed), "{slowed}");
    assert!(!is_slowed("192.0.2.2".parse().unwrap(), 1000));
}

#[test]
fn a_proxy_that_nobody_named_is_noticed_by_what_it_forwards() {
    let rules = rules();
    let proxy: IpAddr = "127.0.0.1".parse().unwrap();
    let forwarded = Request::get("/")
        .header(header::HOST, "berth.example.com")
        .header("x-forwarded-for", "198.51.100.7")
        .body(())
        .unwrap();

    // It is not believed for being noticed.
    assert_eq!(rules.check(&forwarded, proxy).unwrap(), proxy);

    let trusted = &rules.config.trusted_proxies;
    assert!(!rules.unnamed.is_news(proxy, forwarded.headers(), trusted), "it was not noticed");
}
