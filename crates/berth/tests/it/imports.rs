//! Backups on their way in, and folders on their way out.

use berth_api::v1::{List, Operation, Upload, examples};

use crate::fake::{Canned, Fake};
use crate::run::{run, transcript};

const ORG: &str = "/api/v1/organisations/default";

fn sent() -> Canned {
    Canned::json(201, &examples::upload())
}

fn done() -> Operation {
    let mut operation = examples::operation();
    "done".clone_into(&mut operation.state);
    operation
}

#[test]
fn a_backup_is_sent_and_imported_with_everything_that_was_typed() {
    let fake = Fake::new([
        (&*format!("POST {ORG}/uploads?name=acme.zip"), sent()),
        (&*format!("POST {ORG}/imports"), Canned::json(202, &done())),
        (&*format!("GET {ORG}/tenants/acme"), Canned::json(200, &examples::tenant())),
    ]);
    std::fs::write(fake.home().join("acme.zip"), "PK content").unwrap();
    let arguments = "tenant import acme acme.zip --stage staging --neutralize --memory 2GiB \
        --host www.acme.example --image odoo:19.0 --allow-missing-modules --owner anna --tag vip";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();

    let transcript = transcript(fake.home(), &arguments);

    insta::assert_snapshot!(transcript.split_once('\n').unwrap().1);
    let seen = fake.seen();
    assert_eq!(seen[0].body, "PK content");
    let body: serde_json::Value = serde_json::from_str(&seen[1].body).unwrap();
    insta::assert_json_snapshot!(body);
}

#[test]
fn a_dry_run_takes_back_what_it_sent() {
    let id = examples::upload().id;
    let fake = Fake::new([
        (&*format!("POST {ORG}/uploads?name=acme.zip"), sent()),
        (&*format!("POST {ORG}/imports?dry_run=true"), Canned::json(200, &examples::plan())),
        (&*format!("DELETE {ORG}/uploads/{id}"), Canned::json(204, &())),
    ]);
    std::fs::write(fake.home().join("acme.zip"), "PK content").unwrap();

    let output = run(fake.home(), &["tenant", "import", "acme", "acme.zip", "--dry-run"]);

    assert!(output.status.success(), "{output:?}");
    let lines: Vec<String> = fake.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines[2], format!("DELETE {ORG}/uploads/{id}"));
}

#[test]
fn what_is_refused_is_kept_and_imported_without_sending_it_again() {
    let id = examples::upload().id;
    let fake = Fake::new([
        (&*format!("POST {ORG}/uploads?name=acme.zip"), sent()),
        (&*format!("POST {ORG}/imports"), Canned::problem(&examples::problem())),
    ]);
    std::fs::write(fake.home().join("acme.zip"), "PK content").unwrap();

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "import", "acme", "acme.zip"]));

    let again = run(fake.home(), &["tenant", "import", "acme", "--upload", &id]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(fake.seen().len(), 3, "it was sent once");
}

#[test]
fn a_backup_is_one_file_or_one_upload() {
    let fake = Fake::new([]);
    std::fs::write(fake.home().join("acme.zip"), "PK content").unwrap();

    let neither = run(fake.home(), &["tenant", "import", "acme"]);
    assert_eq!(neither.status.code(), Some(2));
    insta::assert_snapshot!(transcript(
        fake.home(),
        &["tenant", "import", "acme", "acme.zip", "--filestore", "."]
    ));
    let missing = run(fake.home(), &["tenant", "import", "acme", "nowhere.zip"]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(fake.seen().len(), 0, "nothing is sent");
}

#[test]
fn a_dump_and_its_stored_files_are_sent_as_one_archive() {
    let fake = Fake::new([(&*format!("POST {ORG}/uploads?name=acme.dump"), sent())]);
    let blob = "da/da39a3ee5e6b4b0d3255bfef95601890afd80709";
    std::fs::create_dir_all(fake.home().join("files/da")).unwrap();
    std::fs::write(fake.home().join("files").join(blob), "").unwrap();
    std::fs::write(fake.home().join("acme.dump"), "PGDMP content").unwrap();

    let nothing = ["tenant", "import", "acme", "acme.dump", "--filestore", "files/da"];
    insta::assert_snapshot!(transcript(fake.home(), &nothing));
    assert_eq!(fake.seen().len(), 0, "nothing is sent");
}

#[test]
fn uploads_are_listed_and_removed() {
    let id = examples::upload().id;
    let used = Upload { operation: Some(examples::operation().id), ..examples::upload() };
    let list = List { items: vec![examples::upload(), used], next: None };
    let empty = List::<Upload> { items: Vec::new(), next: None };
    let line = format!("GET {ORG}/uploads?limit=1000");
    let fake = Fake::new([
        (&*line, Canned::json(200, &list)),
        (&*line, Canned::json(200, &empty)),
        (&*format!("DELETE {ORG}/uploads/{id}"), Canned::json(204, &())),
    ]);

    let listed = transcript(fake.home(), &["upload", "list"]);
    let none = transcript(fake.home(), &["upload", "list"]);
    let removed = transcript(fake.home(), &["upload", "remove", &id]);

    insta::assert_snapshot!([listed, none, removed].join("\n"));
}

#[test]
fn a_folder_that_holds_something_is_not_ejected_into() {
    let fake = Fake::new([]);
    std::fs::create_dir(fake.home().join("full")).unwrap();
    std::fs::write(fake.home().join("full/notes.txt"), "mine").unwrap();

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "eject", "acme", "full"]));

    assert_eq!(fake.seen().len(), 0);
    assert_eq!(std::fs::read_dir(fake.home().join("full")).unwrap().count(), 1);
}

#[test]
fn an_ejection_that_breaks_off_leaves_nothing() {
    let line = format!("GET {ORG}/tenants/acme/eject");
    let fake = Fake::new([(&*line, Canned::bytes(b"PK half").and_breaks_off())]);

    let output = run(fake.home(), &["tenant", "eject", "acme", "out"]);

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_dir(fake.home().join("out")).unwrap().count(), 0);
}
