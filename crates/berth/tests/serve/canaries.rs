//! Secrets that only the real server has: the password of the mail server, what a webhook is signed with,
//! what a client shows.

use std::os::unix::fs::PermissionsExt as _;

use berth_testkit::sink::WebSink;
use berth_testkit::wait;

use crate::server::{Home, SOON};

const CANARY: &str = "canary-of-the-mail-server-4Lp8";

/// A mail server that asks for a password, and that cannot be spoken to.
fn home(hooks: &WebSink) -> Home {
    let home = Home::new();
    let file = home.path().join("mail-password");
    std::fs::write(&file, CANARY).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    home.configure(&format!(
        "[log]\nlevel = \"trace\"\n[notify]\nallow_private = [{:?}]\n\
         [mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"starttls\"\nuser = \"berth\"\npassword_file = {:?}\n\
         from = \"berth@example.com\"\nto = [\"ops@example.com\"]\n",
        hooks.address().ip().to_string(),
        hooks.address().port(),
        file.display().to_string(),
    ));
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_the_server_are_in_no_log_no_answer_and_no_process() {
    let hooks = WebSink::start().await;
    let home = home(&hooks);
    let server = home.serve().await;
    server.drives(1).await;
    let (made, shown) = home.berth(&["webhook", "create", &hooks.url("/"), "--name", "hook"]).await;
    assert!(made, "{shown}");
    let secret = shown.split_whitespace().find(|word| word.starts_with("whsec_"));
    let secret = secret.unwrap_or_else(|| panic!("it is shown once: {shown}")).to_owned();
    wait::until(SOON, async || home.berth(&["webhook", "show", "mail"]).await.0).await;

    let mut seen = String::new();
    for command in [
        &["webhook", "test", "mail"][..],
        &["webhook", "test", "hook"],
        &["webhook", "show", "hook"],
        &["webhook", "deliveries", "mail"],
        &["webhook", "deliveries", "hook"],
        &["config", "show"],
        &["config", "check"],
        &["doctor"],
        &["status"],
        &["audit", "list"],
    ] {
        seen += &home.berth(command).await.1;
    }
    wait::until(SOON, async || !hooks.arrivals().is_empty()).await;
    for name in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{}/{name}", server.pid())).unwrap();
        seen += &String::from_utf8_lossy(&bytes);
    }
    for name in ["berth.db", "berth.db-wal", "routes.json"] {
        let bytes = std::fs::read(home.path().join(name)).unwrap_or_default();
        seen += &String::from_utf8_lossy(&bytes);
    }
    seen += &server.log();

    assert!(seen.contains("mail-password"), "the file is named, so the configuration was shown");
    for canary in [CANARY, &secret] {
        let at = seen.find(canary);
        let before = |at: usize| &seen.as_bytes()[at.saturating_sub(200)..at];
        let around = at.map(|at| String::from_utf8_lossy(before(at)).into_owned());
        assert!(around.is_none(), "a secret is seen behind: {around:?}");
    }
}
