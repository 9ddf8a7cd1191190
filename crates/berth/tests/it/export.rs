//! Exports are whole or not there.

use std::os::unix::fs::PermissionsExt as _;

use crate::fake::{Canned, Fake};
use crate::run::{run, transcript};

const EXPORT: &str = "GET /api/v1/organisations/default/tenants/acme/export";

fn names(fake: &Fake) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(fake.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_export_is_written_for_its_owner_only() {
    let fake = Fake::new([(EXPORT, Canned::bytes(b"PK content"))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "export", "acme", "acme.zip"]));

    let file = fake.home().join("acme.zip");
    assert_eq!(std::fs::read(&file).unwrap(), b"PK content");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(names(&fake), ["acme.zip", "berth.sock"]);
}

#[test]
fn a_file_that_exists_is_only_replaced_by_force() {
    let fake = Fake::new([(EXPORT, Canned::bytes(b"new"))]);
    let file = fake.home().join("acme.zip");
    std::fs::write(&file, "old").unwrap();

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "export", "acme", "acme.zip"]));
    assert_eq!(std::fs::read(&file).unwrap(), b"old");

    let forced = run(fake.home(), &["tenant", "export", "acme", "acme.zip", "--force"]);
    assert!(forced.status.success());
    assert_eq!(std::fs::read(&file).unwrap(), b"new");
}

#[test]
fn an_export_that_breaks_off_leaves_nothing_behind() {
    let fake = Fake::new([(EXPORT, Canned::bytes(b"PK half").and_breaks_off())]);

    let output = run(fake.home(), &["tenant", "export", "acme", "acme.zip"]);

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(names(&fake), ["berth.sock"]);
}

#[test]
fn an_export_can_be_piped() {
    let fake = Fake::new([(EXPORT, Canned::bytes(&[0, 255, 27, 10]))]);

    let output = run(fake.home(), &["tenant", "export", "acme", "-"]);

    assert_eq!(output.stdout, [0, 255, 27, 10]);
    assert!(output.status.success());
}
