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
    let console = std::fs::read_to_string(units.join("berth-console.socket")).unwrap();
    assert!(console.contains("ListenStream=127.0.0.1:8070\n"), "{console}");
    let printed = run(home.path(), &["service", "install", "--dry-run"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    for text in [&unit, &socket, &console] {
        assert!(printed.contains(text), "{printed}");
    }
    assert!(run(home.path(), &with_folder(&["service", "install"])).status.success());

    let removal = with_folder(&["service", "uninstall", "--dry-run"]);
    insta::assert_snapshot!("would_uninstall", transcript(home.path(), &removal));
    let removal = with_folder(&["service", "uninstall"]);
    insta::assert_snapshot!("uninstall", transcript(home.path(), &removal));
    insta::assert_snapshot!("uninstall_again", transcript(home.path(), &removal));
    assert_eq!(std::fs::read_dir(&units).unwrap().count(), 0);
}

#[test]
fn nobody_listens_for_a_console_that_is_off() {
    let home = tempfile::tempdir().unwrap();
    let install = ["service", "install", "--units", "."];
    assert!(run(home.path(), &install).status.success());
    let unit = home.path().join("berth-console.socket");
    assert!(unit.exists());
    std::fs::write(home.path().join("berth.toml"), "[console]\nlisten = \"off\"\n").unwrap();

    let would = transcript(home.path(), &[&install[..], &["--dry-run"]].concat());
    assert!(would.contains("would remove ./berth-console.socket") && unit.exists(), "{would}");
    let done = transcript(home.path(), &install);

    assert!(done.contains("removed ./berth-console.socket") && !unit.exists(), "{done}");
    let service = std::fs::read_to_string(home.path().join("berth.service")).unwrap();
    assert!(!service.contains("console"), "{service}");
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
