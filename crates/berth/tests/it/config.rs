//! The configuration, as the command line shows it.

use crate::run::{command, run, transcript};

#[test]
fn the_sample_is_the_librarys() {
    let home = tempfile::tempdir().unwrap();

    let output = run(home.path(), &["config", "sample"]);

    assert_eq!(String::from_utf8(output.stdout).unwrap(), berth_config::sample());
}

#[test]
fn every_mistake_is_listed() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("berth.toml");
    std::fs::write(&file, "[edge]\nlisen = 1\nhold_seconds = 0\n").unwrap();

    insta::assert_snapshot!("mistakes", transcript(home.path(), &["config", "check"]));
    insta::assert_snapshot!(
        "mistakes_in_a_file",
        transcript(home.path(), &["config", "check", "berth.toml"])
    );
    // Nothing is started with a configuration that is not understood.
    insta::assert_snapshot!("mistakes_at_start", transcript(home.path(), &["serve"]));
}

#[test]
fn a_valid_file_is_said_to_be_valid() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("berth.toml"), "[edge]\nhold_seconds = 5\n").unwrap();

    insta::assert_snapshot!(transcript(home.path(), &["config", "check"]));
}

#[test]
fn what_is_in_force_says_who_set_it() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("berth.toml"), "[edge]\nhold_seconds = 5\n").unwrap();
    let arguments = ["config", "show", "--set", "images.odoo=odoo:18.0"];

    let output = command(home.path(), &arguments).env("BERTH_LOG_LEVEL", "debug").output().unwrap();

    insta::assert_snapshot!(crate::run::describe(home.path(), &arguments, &output));
}

#[test]
fn the_version_is_printed() {
    let home = tempfile::tempdir().unwrap();

    let output = run(home.path(), &["--version"]);

    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("berth {}\n", env!("CARGO_PKG_VERSION"))
    );
}
