//! What a backup may not be. Byte-level hostility of zip files is tried beside their reader.

use std::io::Write as _;

use berth_odoo::archive::ArchiveWriter;

use super::*;

const END: &str = "\n--\n-- PostgreSQL database dump complete\n--\n";
const MANIFEST: &str = r#"{"odoo_dump":"1","db_name":"x","version":"19.0","version_info":[],
    "major_version":"19.0","pg_version":"16.0","modules":{"base":"19.0.1.3"}}"#;

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ArchiveWriter::new(Vec::new());
    for (name, content) in parts {
        zip.begin(name).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap()
}

fn read(content: &[u8]) -> Result<Source, Vec<String>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    Source::read(file.path(), Bytes::mib(64))
        .map_err(|problems| problems.0.into_iter().map(|problem| problem.message).collect())
}

fn refused(content: &[u8]) -> Vec<String> {
    read(content).expect_err("it is refused")
}

fn with_dump(dump: &str) -> Vec<u8> {
    zip(&[("dump.sql", dump.as_bytes()), ("manifest.json", MANIFEST.as_bytes())])
}

#[test]
fn a_backup_of_odoo_says_what_it_is() {
    let blob = "filestore/da/da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let dump = format!(
        "-- Dumped from database version 16.4 (Debian)\nCREATE EXTENSION IF NOT EXISTS pg_trgm;\n\
         CREATE TABLE t (a text);\nCOPY t FROM stdin;\nx\n\\.\n{END}"
    );
    let source = read(&zip(&[
        ("dump.sql", dump.as_bytes()),
        ("manifest.json", MANIFEST.as_bytes()),
        (blob, b""),
    ]))
    .unwrap();

    assert_eq!(source.dump_kind(), DumpKind::Script);
    assert_eq!(source.manifest.as_ref().unwrap().major_version, "19.0");
    assert_eq!((source.files, source.server_major), (1, Some(16)));
    assert_eq!(source.extensions, ["pg_trgm"]);
    let mut text = String::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    source.open_dump(file.path()).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, dump);
}

#[test]
fn what_is_no_backup_is_refused_in_one_sentence() {
    let cases: [(&str, &[u8], &str); 5] = [
        ("nothing", b"", "neither a zip file nor a dump"),
        ("text", b"CREATE TABLE t ();", "neither a zip file nor a dump"),
        ("half a zip", &with_dump(END)[..40], "it was cut off"),
        ("another zip", &zip(&[("readme.txt", b"x")]), "is no name of a backup"),
        ("half a dump", b"PGDMP\x01\x10\x00\x04\x08\x01\x01", "the head of the dump is damaged"),
    ];
    for (what, content, expected) in cases {
        let said = refused(content);

        assert_eq!(said.len(), 1, "{what}: {said:?}");
        assert!(said[0].contains(expected), "{what}: {said:?}");
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let long = format!("filestore/{}", "x".repeat(10_000));
    for name in
        ["../dump.sql", "/etc/passwd", "filestore/../../x", "a\\b", "backup/dump.sql", &long]
    {
        let said = refused(&zip(&[("dump.sql", END.as_bytes()), (name, b"x")]));

        assert_eq!(said.len(), 1, "{name}: {said:?}");
        assert!(said[0].len() < 400, "{name}: the answer is longer than two sentences");
    }
}

#[test]
fn a_hostile_dump_is_refused_before_anything_is_made() {
    let deeds = [
        ("\\! id", "is a command of psql"),
        ("\\copy t from '/etc/passwd'", "is a command of psql"),
        ("\\i /etc/passwd", "is a command of psql"),
        ("\\connect postgres", "is a command of psql"),
        ("COPY t FROM PROGRAM 'id';", "starts a program"),
        ("COPY t TO '/tmp/x';", "a file of the server"),
        ("ALTER ROLE postgres SUPERUSER;", "the whole server"),
        ("CREATE DATABASE x;", "the whole server"),
        ("ALTER SYSTEM SET x = 1;", "the whole server"),
        ("LOAD '/tmp/evil.so';", "loads a library"),
        ("SELECT 'never ends", "was cut off"),
    ];
    for (deed, expected) in deeds {
        let said = refused(&with_dump(&format!("CREATE TABLE t ();\n{deed}\n{END}")));

        assert!(said[0].starts_with("its dump.sql cannot be used: "), "{deed}: {said:?}");
        assert!(said.iter().any(|line| line.contains(expected)), "{deed}: {said:?}");
    }
}

#[test]
fn a_dump_that_was_cut_off_is_refused() {
    let said = refused(&with_dump("CREATE TABLE t ();\n"));

    assert_eq!(said, ["its dump.sql cannot be used: the dump was cut off after line 2"]);
}

#[test]
fn a_dump_and_a_manifest_are_there_once_and_can_be_read() {
    let two = zip(&[("dump.sql", END.as_bytes()), ("database.dump", b"PGDMP")]);
    assert_eq!(refused(&two), ["it holds two dumps, `dump.sql` and `database.dump`"]);

    let none = zip(&[("manifest.json", MANIFEST.as_bytes())]);
    assert_eq!(refused(&none), ["it holds no `dump.sql`: it is no backup of a database"]);

    let broken = zip(&[("dump.sql", END.as_bytes()), ("manifest.json", b"{")]);
    assert!(refused(&broken)[0].starts_with("the backup's manifest.json cannot be read"));
}

#[test]
fn what_unpacks_to_more_than_there_is_room_for_is_refused() {
    let zeros = vec![0; 65 << 20];
    let said = refused(&zip(&[("dump.sql", &zeros)]));

    assert!(said.iter().any(|line| line.contains("at most 64 MiB are allowed")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("that is a bomb")), "{said:?}");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(content in proptest::collection::vec(proptest::num::u8::ANY, 0..2000), kind in 0..3_usize) {
        let start: &[u8] = [b"PK\x03\x04".as_slice(), b"PGDMP\x01\x10", b""][kind];
        let _refused_or_not = read(&[start, &content].concat());
    }
}
