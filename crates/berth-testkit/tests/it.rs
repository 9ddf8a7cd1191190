//! The throw-away PostgreSQL, and waiting.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::Duration;

use berth_testkit::postgres::Server;
use berth_testkit::wait;

#[test]
fn every_database_is_new_and_empty() {
    let server = Server::shared();
    let (one, two) = (server.database(), server.database());
    let name = |url: &str| url.rsplit('/').next().unwrap().to_owned();

    server.execute(&name(&one), "CREATE TABLE here (x int)").unwrap();

    assert_ne!(one, two);
    assert!(server.execute(&name(&two), "SELECT x FROM here").is_err());
}

#[test]
fn a_server_lives_on_when_the_test_that_started_it_ended() {
    let server = std::thread::spawn(Server::start).join().unwrap().unwrap();

    assert_eq!(server.execute("postgres", "SELECT 1").unwrap(), "1");
}

#[test]
fn a_server_stops_with_its_handle_and_leaves_nothing() {
    let server = Server::start().unwrap();
    let (pid, folder) = (server.pid(), server.socket_folder().to_owned());
    assert!(Path::new(&format!("/proc/{pid}")).exists());

    drop(server);

    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert!(!folder.exists());
}

#[test]
fn strangers_need_the_password() {
    let server = Server::shared();
    let url = server.url("postgres").replace(server.password(), "wrong");

    let mut psql = command(server.programs().join("psql"));
    let output = psql.args(["--no-password", "--dbname", &url, "-c", "SELECT 1"]).output();

    assert!(!output.unwrap().status.success());
}

#[tokio::test]
async fn a_condition_that_comes_true_ends_the_wait() {
    let mut looks = 0;

    let found = wait::until_some(Duration::from_secs(5), async || {
        looks += 1;
        (looks == 3).then_some(looks)
    });

    assert_eq!(found.await, 3);
}

#[test]
fn a_condition_that_never_comes_true_fails_the_test() {
    let waiting = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(wait::until(Duration::from_millis(1), async || false));
    });

    assert!(waiting.join().is_err());
}

#[tokio::test]
async fn a_server_dies_with_the_process_that_started_it() {
    let mut holder = command(env!("CARGO_BIN_EXE_hold-postgres"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (pid, folder) = line.trim_end().split_once(' ').unwrap();
    assert!(is_running(pid));

    holder.kill().unwrap();
    holder.wait().unwrap();

    wait::until(Duration::from_secs(20), async || !is_running(pid)).await;
    // The next server sweeps what the killed process could not.
    drop(Server::start().unwrap());
    assert!(!Path::new(folder).exists());
}

/// A process that ended and was not yet waited for is not running.
fn is_running(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z"))
}

#[expect(clippy::disallowed_methods, reason = "these tests are about processes")]
fn command(program: impl AsRef<std::ffi::OsStr>) -> std::process::Command {
    std::process::Command::new(program)
}
