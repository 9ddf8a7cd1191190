//! The command line on another host, and the real server over TCP.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use berth_testkit::http::{Place, request, send};
use berth_testkit::{sqlite, tls, wait};
use serde_json::{Value, json};

use crate::pages::claim;
use crate::server::{Home, SOON, Server};

/// Where the console listens, as people type it.
async fn url(server: &Server) -> String {
    server.status().await["console"].as_str().unwrap().to_owned()
}

/// Makes a token and keeps it in a file. Returns the file and the token's id.
async fn token(home: &Home, arguments: &[&str]) -> (PathBuf, String) {
    let all = [&["--output", "json", "token", "create"], arguments].concat();
    let (is_done, said) = home.berth(&all).await;
    assert!(is_done, "{said}");
    let made: Value = serde_json::from_str(&said).unwrap();
    let id = made["token"]["id"].as_str().unwrap().to_owned();
    let file = home.path().join(format!("{id}.token"));
    std::fs::write(&file, format!("{}\n", made["secret"].as_str().unwrap())).unwrap();
    (file, id)
}

/// Runs `berth` as somebody elsewhere would, who has a token in a file.
async fn elsewhere(
    home: &Home,
    url: &str,
    token: &std::path::Path,
    more: &[&str],
) -> (bool, String) {
    let token = token.display().to_string();
    let nowhere = home.path().join("nowhere").display().to_string();
    let all = ["--home", nowhere.as_str(), "--url", url, "--token-file", token.as_str()];
    home.berth(&[&all, more].concat()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_does_elsewhere_what_it_may_and_nothing_once_it_is_over() {
    let home = Home::new();
    let server = home.serve().await;
    claim(&server).await;
    let url = url(&server).await;
    let (narrow, revoked) = token(&home, &["ci", "--scope", "read"]).await;
    let (counting, _) = token(&home, &["prom", "--installation", "--scope", "metrics"]).await;
    let (member, over) = token(&home, &["ci", "--scope", "member"]).await;

    let (is_done, said) = elsewhere(&home, &url, &narrow, &["tenant", "list"]).await;
    assert!(is_done, "{said}");
    let (is_done, said) = elsewhere(&home, &url, &narrow, &["upload", "list"]).await;
    assert!(!is_done && said.contains("it takes `operate`"), "{said}");
    let (is_done, said) = elsewhere(&home, &url, &narrow, &["status"]).await;
    assert!(!is_done && said.contains("it takes `installation`"), "{said}");
    let (is_done, said) = elsewhere(&home, &url, &counting, &["tenant", "list"]).await;
    assert!(!is_done, "{said}");
    let file = home.path().join("backup.zip");
    std::fs::write(&file, "not a zip").unwrap();
    let backup = file.display().to_string();
    let import = ["tenant", "import", "acme", backup.as_str()];
    let (is_done, said) = elsewhere(&home, &url, &member, &import).await;
    assert!(!is_done && said.contains("backup"), "it was sent, and looked into: {said}");

    let (is_done, said) = home.berth(&["token", "revoke", &revoked]).await;
    assert!(is_done, "{said}");
    let end = format!("UPDATE token SET expires_at = 1 WHERE id = '{over}'");
    sqlite::execute(&home.path().join("berth.db"), &end).await;
    for token in [narrow, member] {
        let (is_done, said) = elsewhere(&home, &url, &token, &["tenant", "list"]).await;
        assert!(!is_done && said.contains("the token is not good"), "{said}");
        assert!(said.contains("hint: make one with `berth token create`"), "{said}");
    }
    let (_, said) = home.berth(&["audit", "list", "--outcome", "denied"]).await;
    assert!(said.contains("tcp 127.0.0.1"), "{said}");
}

#[tokio::test]
async fn what_is_counted_is_shown_to_prometheus_and_to_nobody_else() {
    let home = Home::new();
    let server = home.serve().await;
    claim(&server).await;
    let address = url(&server).await.strip_prefix("http://").unwrap().parse().unwrap();
    let (file, _) = token(&home, &["prom", "--installation", "--scope", "metrics"]).await;
    let secret = std::fs::read_to_string(file).unwrap();
    let mut asked = request("GET", "/api/v1/metrics", &Value::Null);
    let nobody = send(&Place::Address(address), asked.clone(), SOON).await.unwrap();
    let shown = format!("Bearer {}", secret.trim());
    asked.headers_mut().insert("authorization", shown.parse().unwrap());

    let counted = send(&Place::Address(address), asked, SOON).await.unwrap();

    assert_eq!((nobody.status, counted.status), (401, 200));
    assert!(counted.text().contains("berth_edge_"), "{}", counted.text());
}

/// Gives the console a certificate.
fn configure_tls(home: &Home, more: &str) {
    let pair = tls::pair("one");
    for (name, text) in
        [("cert.pem", pair.certificate), ("key.pem", pair.key), ("ca.pem", tls::AUTHORITY)]
    {
        let file = home.path().join(name);
        std::fs::write(&file, text).unwrap();
        permit(&file, 0o600);
    }
    let file = |name: &str| json!(home.path().join(name));
    home.configure_console(&format!(
        "listen = \"127.0.0.1:0\"\ntls_certificate = {}\ntls_key = {}\n{more}",
        file("cert.pem"),
        file("key.pem")
    ));
}

fn permit(file: &std::path::Path, mode: u32) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// What doctor says of the console: name, status and detail.
async fn doctor(home: &Home) -> Vec<[String; 3]> {
    let (_, said) = home.berth(&["--output", "json", "doctor"]).await;
    let checks: Value = serde_json::from_str(said.split("\nerror:").next().unwrap()).unwrap();
    let all = checks["items"].as_array().unwrap().iter();
    let all = all
        .map(|check| ["name", "status", "detail"].map(|at| check[at].as_str().unwrap().to_owned()));
    all.filter(|[name, ..]| name.starts_with("console")).collect()
}

#[tokio::test]
async fn doctor_comes_to_the_console_like_a_browser() {
    let home = Home::new();
    home.configure_console("listen = \"127.0.0.1:0\"\n");
    let server = home.serve().await;
    let plain = doctor(&home).await;
    drop(server);
    let home = Home::new();
    configure_tls(&home, "names = [\"berth.test\", \"other.test\"]\n");
    let server = home.serve().await;
    claim(&server).await;

    let misnamed = doctor(&home).await;
    permit(&home.path().join("key.pem"), 0o644);
    let open = doctor(&home).await;

    let url = url(&server).await;
    let [[name, status, said]] = &plain[..] else { panic!("{plain:?}") };
    assert_eq!((name.as_str(), status.as_str()), ("console", "ok"));
    assert!(said.starts_with("nobody claimed the installation yet: only http"), "{said}");
    let [answer, certificate] = &misnamed[..] else { panic!("{misnamed:?}") };
    assert_eq!(
        answer[1..],
        ["ok".to_owned(), format!("the API answers at {url} whoever shows a token")]
    );
    let said = "it is not for `other.test`, so browsers refuse it";
    assert_eq!(certificate, &["console certificate", "failed", said].map(str::to_owned));
    let [_, files, _] = &open[..] else { panic!("{open:?}") };
    assert!(files[1] == "failed" && files[2].ends_with("(mode 0644); make it 0600"), "{files:?}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_apart_from_one_that_cannot_be_trusted() {
    let home = Home::new();
    configure_tls(&home, "");
    let file = |name: &str| home.path().join(name).display().to_string();
    let server = home.serve().await;
    claim(&server).await;
    let url = url(&server).await;
    let (token, _) = token(&home, &["ci", "--scope", "read"]).await;
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");

    let ca = file("ca.pem");
    let (is_done, said) =
        elsewhere(&home, &url, &token, &["--ca-file", &ca, "tenant", "list"]).await;
    assert!(is_done, "{said}");
    // An authority that did not sign it.
    let stranger = file("cert.pem");
    let (is_done, said) =
        elsewhere(&home, &url, &token, &["--ca-file", &stranger, "tenant", "list"]).await;
    assert!(!is_done && said.contains("is not good"), "{said}");
    let other = url.replace("127.0.0.1", "127.0.0.2");
    let (is_done, said) =
        elsewhere(&home, &other, &token, &["--ca-file", &ca, "tenant", "list"]).await;
    assert!(!is_done && said.contains("nobody answers at"), "{said}");
    let plain = url.replace("https:", "http:");
    let (is_done, said) = elsewhere(&home, &plain, &token, &["tenant", "list"]).await;
    assert!(!is_done && !said.contains("berth_"), "{said}");
    let (is_done, said) =
        elsewhere(&home, "http://berth.invalid", &token, &["tenant", "list"]).await;
    assert!(!is_done && said.contains("would read the token"), "{said}");
    let (is_done, said) =
        elsewhere(&home, &url, &token, &["--ca-file", &ca, "service", "status"]).await;
    assert!(!is_done && said.contains("about this host"), "{said}");
}

#[tokio::test]
async fn a_console_is_handed_over_and_can_be_off() {
    let home = Home::new();
    let mut first = home.serve().await;
    let before = url(&first).await;

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;
    assert!(is_done, "{said}\n{}", first.log());
    assert!(first.ended().await.success());

    assert_eq!(url(&first).await, before, "the port is the same, so the socket is");
    let (is_done, said) = home.berth(&["service", "stop"]).await;
    assert!(is_done, "{said}");
    home.configure_console("listen = \"off\"\n");
    let server = home.serve().await;
    assert_eq!(server.status().await["console"], Value::Null);
    let (_, said) = home.berth(&["status"]).await;
    assert!(
        said.lines().any(|line| line.starts_with("console ") && line.ends_with(" off")),
        "{said}"
    );
}

#[tokio::test]
async fn a_request_over_tcp_is_finished_though_the_server_stops() {
    use rustix::process::Signal;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let home = Home::new();
    let mut server = home.serve().await;
    claim(&server).await;
    let address = url(&server).await.strip_prefix("http://").unwrap().to_owned();
    let (file, _) = token(&home, &["ci", "--scope", "member"]).await;
    let secret = std::fs::read_to_string(file).unwrap();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /api/v1/organisations/default/tenants?dry_run=true HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{{",
        secret.trim()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Once the token was looked up, the request is being read.
    wait::until(SOON, async || {
        let (_, said) = home.berth(&["--output", "json", "token", "list"]).await;
        let list: Value = serde_json::from_str(&said).unwrap();
        !list["items"][0]["last_used_at"].is_null()
    })
    .await;

    server.signal(Signal::TERM);
    wait::until(SOON, async || tokio::net::TcpStream::connect(&address).await.is_err()).await;
    stream.write_all(b"\"name\":\"acme\"}").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    assert!(server.ended().await.success());
}
