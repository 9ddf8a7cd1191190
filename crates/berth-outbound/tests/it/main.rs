//! Requests over real connections on loopback, to whom they may go and to whom not.

#![expect(clippy::unwrap_used, reason = "everything here is a test")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use berth_outbound::{Outbound, Policy, Resolve, Unreached, Wanted};
use berth_testkit::sink::{Reply, WebSink};
use http::{Request, Response};

const SETTING: &str = "a.setting";

/// Says one answer the first time, another the next, and the last one ever after.
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
fn outbound(allowed: &[&str], names: Arc<Names>) -> Outbound {
    patient(allowed, names, Duration::from_secs(10))
}

fn patient(allowed: &[&str], names: Arc<Names>, patience: Duration) -> Outbound {
    let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
    let own = vec!["10.213.0.0/16".parse().unwrap()];
    let policy = Policy { setting: SETTING, allowed, own };
    Outbound::with(policy, names, patience).unwrap()
}

fn nobody() -> Arc<Names> {
    names(&[&[]])
}

async fn get(outbound: &Outbound, url: &str) -> Result<Response<Vec<u8>>, Unreached> {
    let url = outbound.check(url)?;
    let request = Request::get(url.as_str()).body(Vec::new()).unwrap();
    outbound.fetch(request, Wanted::Whole).await
}

#[tokio::test]
async fn a_request_goes_out_whole_and_names_its_host() {
    let sink = WebSink::start().await;
    let outbound = outbound(&["127.0.0.0/8"], nobody());
    let request = Request::post(sink.url("/a?b=c")).header("x-it", "is").body(b"body".to_vec());

    let answer = outbound.fetch(request.unwrap(), Wanted::Head).await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.into_body()), (204, Vec::new()));
    let arrival = sink.arrivals().remove(0);
    assert_eq!(arrival.line, "POST /a?b=c HTTP/1.1");
    assert_eq!(arrival.header("host"), sink.address().to_string());
    assert_eq!((arrival.header("x-it"), arrival.body.as_str()), ("is", "body"));
}

#[tokio::test]
async fn nothing_inside_is_reached_by_whatever_name() {
    let sink = WebSink::start().await;
    let port = sink.address().port();
    let inside = outbound(&["192.0.2.0/24"], names(&[&["127.0.0.1"]]));

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
            let why = get(&inside, &url).await.unwrap_err();
            assert!(why.is_refused(), "{url}: {why:?}");
        }
    }
    assert!(sink.arrivals().is_empty());
}

#[tokio::test]
async fn one_bad_address_among_good_ones_is_enough() {
    let inside = outbound(&[], names(&[&["8.8.8.8", "127.0.0.1"]]));

    let why = get(&inside, "https://a.example/").await.unwrap_err();

    assert_eq!(
        why.to_string(),
        "127.0.0.1 is not a public address: `a.setting` can name its range"
    );
}

#[tokio::test]
async fn a_name_without_an_address_leads_nowhere() {
    let why = get(&outbound(&[], nobody()), "https://a.example/").await.unwrap_err();

    assert!(matches!(why, Unreached::NoAddress), "{why:?}");
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once_per_request() {
    let sink = WebSink::start().await;
    let names = names(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let outbound = outbound(&["127.0.0.1"], Arc::clone(&names));
    let url = format!("http://rebind.example:{}/", sink.address().port());

    get(&outbound, &url).await.unwrap();
    let again = get(&outbound, &url).await.unwrap_err();

    assert!(matches!(again, Unreached::Inside { .. }), "{again:?}");
    assert_eq!(names.asked.load(Ordering::SeqCst), 2);
    assert_eq!(sink.arrivals().len(), 1);
}

#[tokio::test]
async fn plain_http_goes_to_named_ranges_only() {
    let outside = outbound(&["127.0.0.1"], names(&[&["8.8.8.8"]]));

    let why = get(&outside, "http://hooks.example.com/").await.unwrap_err();

    assert!(matches!(why, Unreached::Plain(SETTING)), "{why:?}");
    assert!(outside.check("http://127.0.0.1:8080/").is_ok());
    assert!(matches!(outside.check("http://10.0.0.1/"), Err(Unreached::Plain(SETTING))));
    let nothing_named = outbound(&[], nobody());
    assert!(nothing_named.check("http://hooks.example.com/").is_err());
    assert!(nothing_named.check("https://hooks.example.com/").is_ok());
}

#[test]
fn crooked_addresses_are_refused() {
    let long = format!("https://a.example/{}", "x".repeat(3000));
    for url in [
        "",
        "login.example.com",
        "ftp://a.example/",
        "file:///etc/passwd",
        "unix:///run/docker.sock",
        "https://",
        "https://user:secret@a.example/",
        "https://user@a.example/",
        "https://a.example/#x",
        "https://a.example/\r\nx: y",
        "https://a example/",
        "http://a.example/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://127.1/",
        "https://2130706433/",
        "https://169.254.169.254/latest",
        "javascript:alert(1)",
        &long,
    ] {
        let judged = outbound(&[], nobody()).check(url);
        assert!(judged.is_err_and(|why| why.is_refused()), "{url}");
    }
    assert!(outbound(&[], nobody()).check("https://login.example.com/realms/a?b=c").is_ok());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (sink, other) = (WebSink::start().await, WebSink::start().await);
    sink.reply([Reply::Redirect(other.url("/"))]);

    let why = get(&outbound(&["127.0.0.1"], nobody()), &sink.url("/")).await.unwrap_err();

    assert!(matches!(why, Unreached::Redirected(302)), "{why:?}");
    assert!(other.arrivals().is_empty());
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_trusted() {
    let sink = WebSink::start().await;
    let url = format!("https://127.0.0.1:{}/", sink.address().port());

    let hasty = patient(&["127.0.0.1"], nobody(), Duration::from_millis(300));

    let why = get(&hasty, &url).await.unwrap_err();

    assert!(matches!(why, Unreached::Tls(_) | Unreached::Late(_)), "{why:?}");
    assert!(sink.arrivals().is_empty());
}
