//! A new process takes over, or cannot.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use berth_testkit::http::{request, send};
use berth_testkit::{postgres, wait};
use rustix::process::Signal;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::server::{Home, SOON, Server, visit};

/// Visitors and clients who never stop coming, and whether all were answered.
struct Crowd {
    tasks: JoinSet<Vec<String>>,
    answered: Arc<AtomicU64>,
    stop: CancellationToken,
}

impl Crowd {
    async fn gather(server: &Server) -> Self {
        let (edge, api) = (server.edge().await, server.place().clone());
        let (stop, answered) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)));
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let (api, stop, answered) = (api.clone(), stop.clone(), Arc::clone(&answered));
            tasks.spawn(async move {
                let mut wrong = Vec::new();
                while !stop.is_cancelled() {
                    let page = visit(edge, "nobody.localhost").await.map(|answer| answer.status);
                    wrong.extend(complaint("edge", page, 404));
                    let status = request("GET", "/api/v1/status", &Value::Null);
                    let status = send(&api, status, SOON).await.map(|answer| answer.status);
                    wrong.extend(complaint("API", status, 200));
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                wrong
            });
        }
        let crowd = Self { tasks, answered, stop };
        crowd.comes_and_goes().await;
        crowd
    }

    /// Waits until many more were answered.
    async fn comes_and_goes(&self) {
        let until = self.answered.load(Ordering::Relaxed) + 50;
        wait::until(SOON, async || self.answered.load(Ordering::Relaxed) >= until).await;
    }

    /// What went wrong for anybody.
    async fn complaints(self) -> Vec<String> {
        self.stop.cancel();
        self.tasks.join_all().await.concat()
    }
}

fn complaint(
    place: &str,
    answer: Result<u16, berth_testkit::http::HttpError>,
    wanted: u16,
) -> Option<String> {
    match answer {
        Ok(status) if status == wanted => None,
        other => Some(format!("{place}: {other:?}")),
    }
}

#[tokio::test]
async fn nobody_is_refused_while_a_new_process_takes_over() {
    let home = Home::new();
    let mut first = home.serve().await;
    let operation = first.begin_demo().await;
    let crowd = Crowd::gather(&first).await;

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;
    assert!(is_done, "{said}\n{}", first.log());
    assert!(first.ended().await.success());
    let second = first.status().await;
    crowd.comes_and_goes().await;
    // And once more, from a process that was handed its sockets itself.
    let (is_done, said) = home.berth(&["service", "upgrade"]).await;
    assert!(is_done, "{said}\n{}", first.log());
    crowd.comes_and_goes().await;

    assert_eq!(crowd.complaints().await, Vec::<String>::new());
    let third = first.status().await;
    let pids = [first.pid().into(), second["pid"].clone(), third["pid"].clone()];
    assert!(pids[0] != pids[1] && pids[1] != pids[2] && pids[0] != pids[2], "{pids:?}");
    assert_eq!(third["role"], "driver");
    let (_, said) = home.berth(&["service", "status"]).await;
    assert!(said.contains("inherited"), "{said}");
    first.tell(&operation, "release").await;
    first.comes_to(&operation, "done").await;
    assert!(first.beginnings(&operation, "wait").await >= 3, "each of them continued it");

    let (is_done, said) = home.berth(&["service", "stop"]).await;
    assert!(is_done, "{said}");
    assert!(!home.path().join("berth.sock").exists(), "the last one takes its socket away");
}

/// Asserts that nobody takes over for this reason, and that nothing else happened.
async fn nobody_takes_over(home: &Home, server: &Server, why: &str) {
    let (edge, pid) = (server.edge().await, server.status().await["pid"].clone());
    let operation = server.begin_demo().await;

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;

    assert!(!is_done, "{said}");
    assert!(said.contains(why), "{said}\n{}", server.log());
    assert!(said.contains("goes on"), "{said}");
    assert_eq!(server.status().await["pid"], pid);
    assert_eq!(visit(edge, "nobody.localhost").await.unwrap().status, 404);
    server.becomes("driver").await;
    server.tell(&operation, "release").await;
    server.comes_to(&operation, "done").await;
}

#[tokio::test]
async fn a_new_process_that_cannot_start_changes_nothing() {
    let home = Home::new();
    let server = home.serve().await;

    home.configure("[edje]\nlisten = \"127.0.0.1:1\"\n");
    nobody_takes_over(&home, &server, "edje").await;
    home.configure("[network]\npool = \"127.0.0.0/8\"\n");
    nobody_takes_over(&home, &server, "network.pool").await;
    home.configure("");

    home.install(Path::new("/bin/false"));
    nobody_takes_over(&home, &server, "ended before it was ready (exit status: 1)").await;
    home.install(Path::new("/nonexistent/berth"));
    nobody_takes_over(&home, &server, "cannot start").await;

    home.install(Path::new(env!("CARGO_BIN_EXE_berth")));
    let (is_done, said) = home.berth(&["service", "upgrade"]).await;
    assert!(is_done, "{said}");
}

#[tokio::test]
async fn a_new_process_that_finds_a_newer_schema_leaves_everything_to_the_old_one() {
    let postgres = postgres::Server::shared();
    let url = postgres.database();
    let home = Home::on(&url);
    let server = home.serve().await;
    let database = url.rsplit('/').next().unwrap();
    let newer = "INSERT INTO schema_migration (version, checksum) VALUES (9000, 'x')";
    postgres.execute(database, newer).unwrap();

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;

    assert!(!is_done, "{said}");
    assert!(said.contains("schema 9000"), "{said}");
    assert_eq!(server.status().await["pid"], server.pid());
    assert_eq!(server.status().await["role"], "driver", "nothing was let go");
}

#[tokio::test]
async fn a_new_process_that_fails_halfway_gives_everything_back() {
    let home = Home::new();
    let server = home.serve().await;
    let operation = server.begin_demo().await;
    let script = home.path().join("half");
    std::fs::write(&script, HALF).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    home.install(&script);

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;

    assert!(!is_done, "{said}");
    assert!(said.contains("no room on the disk"), "{said}");
    server.becomes("driver").await;
    server.tell(&operation, "release").await;
    server.comes_to(&operation, "done").await;
    assert!(server.beginnings(&operation, "wait").await >= 2, "it was continued");
}

/// Says that it is ready, is let, and fails: what a process does whose disk is full.
const HALF: &str = "#!/bin/bash
echo ready >&5
read -r word <&5
echo \"failed no room on the disk\" >&5
";

#[tokio::test]
async fn a_new_process_that_says_nothing_is_given_up_when_the_old_one_is_stopped() {
    let home = Home::new();
    let mut server = home.serve().await;
    let script = home.path().join("silent");
    std::fs::write(&script, "#!/bin/bash\necho $$ > \"$BERTH_HOME/silent.pid\"\nread -r _ <&5\n")
        .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    home.install(&script);
    server.signal(Signal::USR2);
    let pid = wait::until_some(SOON, async || {
        let text = std::fs::read_to_string(home.path().join("silent.pid")).ok()?;
        text.trim().parse::<u32>().ok()
    })
    .await;

    server.signal(Signal::TERM);

    assert!(server.ended().await.success());
    wait::until(SOON, async || !Path::new(&format!("/proc/{pid}")).exists()).await;
}

#[tokio::test]
async fn there_is_nobody_to_take_over_from_when_nothing_runs() {
    let home = Home::new();

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;

    assert!(!is_done);
    assert!(said.contains("berth is not running"), "{said}");
}
