//! Running with the system.

use std::process::{Command, Stdio};

use crate::run::{run, transcript};

#[test]
fn a_unit_is_installed_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let units = home.path().join("units");
    std::fs::create_dir(&units).unwrap();
    let folder = ["--units", "units"];
    let with_folder = |command: &[&'static str]| [command, &folder[..]].concat();

    insta::assert_snapshot!(
        "install",
        transcript(home.path(), &with_folder(&["service", "install"]))
    );

    let unit = std::fs::read_to_string(units.join("berth.service")).unwrap();
    assert!(unit.contains(&format!("serve --home \"{}\"", home.path().display())), "{unit}");
    let socket = std::fs::read_to_string(units.join("berth.socket")).unwrap();
    let api = format!("ListenStream={}/berth.sock\n", home.path().display());
    assert!(socket.contains("ListenStream=127.0.0.1:8069\n") && socket.contains(&api), "{socket}");
    let printed = run(home.path(), &["service", "install", "--dry-run"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(printed.contains(&unit) && printed.contains(&socket), "{printed}");
    assert!(run(home.path(), &with_folder(&["service", "install"])).status.success());

    let removal = with_folder(&["service", "uninstall", "--dry-run"]);
    insta::assert_snapshot!("would_uninstall", transcript(home.path(), &removal));
    let removal = with_folder(&["service", "uninstall"]);
    insta::assert_snapshot!("uninstall", transcript(home.path(), &removal));
    insta::assert_snapshot!("uninstall_again", transcript(home.path(), &removal));
    assert_eq!(std::fs::read_dir(&units).unwrap().count(), 0);
}

#[test]
fn a_unit_of_somebody_else_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("berth.service");
    std::fs::write(&unit, "[Unit]\n").unwrap();

    insta::assert_snapshot!(transcript(home.path(), &["service", "install", "--units", "."]));

    assert_eq!(run(home.path(), &["service", "uninstall", "--units", "."]).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&unit).unwrap(), "[Unit]\n");
}

#[test]
fn a_server_that_does_not_run_needs_no_stopping() {
    let home = tempfile::tempdir().unwrap();

    insta::assert_snapshot!("not_running", transcript(home.path(), &["service", "stop"]));
    insta::assert_snapshot!(
        "not_running_status",
        transcript(home.path(), &["service", "status", "--units", "."])
    );
}

#[test]
fn a_process_that_got_the_servers_number_is_not_stopped() {
    let home = tempfile::tempdir().unwrap();
    #[expect(clippy::disallowed_methods, reason = "somebody else's process is part of the test")]
    let mut stranger = Command::new("sleep").arg("60").stdout(Stdio::null()).spawn().unwrap();
    std::fs::write(home.path().join("serve.pid"), stranger.id().to_string()).unwrap();

    let transcript = transcript(home.path(), &["service", "stop"]);

    assert!(transcript.contains("berth is not running"), "{transcript}");
    assert!(stranger.try_wait().unwrap().is_none());
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}
