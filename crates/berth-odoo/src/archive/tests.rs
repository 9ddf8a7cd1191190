//! Archives by people who mean harm, and by programs that do not.

mod crafted;

use std::io::Read as _;

use proptest::prelude::*;

use super::*;
use crafted::{Part, file, part, zip};

/// The SHA-1 of `hello`.
const HELLO: &str = "filestore/aa/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

fn limits() -> ArchiveLimits {
    ArchiveLimits { files: 100, unpacked: Bytes::mib(64) }
}

fn open(bytes: &[u8]) -> Result<Archive<Member>, ArchiveError> {
    Archive::open(file(bytes), member, &limits())
}

/// What is wrong with an archive, one line each.
fn problems(bytes: &[u8]) -> Vec<String> {
    match open(bytes) {
        Err(ArchiveError::Refused(problems)) => {
            problems.into_iter().map(|problem| problem.to_string()).collect()
        }
        other => panic!("it was not refused: {other:?}"),
    }
}

/// What is wrong with the content of the only file of an archive.
fn unpacking(part: Part) -> String {
    let archive = open(&zip(&[part])).unwrap();
    let entry = &archive.entries()[0];
    let read = archive.read(entry).and_then(|mut content| content.read_to_end(&mut Vec::new()));
    read.map_or_else(|error| error.to_string(), |count| format!("{count} bytes"))
}

#[test]
fn a_backup_reads_back() {
    let bytes = zip(&[
        part("dump.sql", b"SELECT 1;"),
        part("manifest.json", b"{}").stored(b"{}"),
        part("filestore/", b"").mode(0o40_755),
        part("filestore/aa/", b"").mode(0o40_755),
        part(HELLO, b"hello"),
        part("filestore/checklist/aa/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", b""),
    ]);

    let archive = open(&bytes).unwrap();

    let names: Vec<_> = archive.entries().iter().map(|entry| entry.member.name()).collect();
    assert_eq!(
        names,
        [
            "manifest.json",
            "dump.sql",
            HELLO,
            "filestore/checklist/aa/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
        ]
    );
    assert_eq!(archive.unpacked(), Bytes(9 + 2 + 5));
    let blob = BlobName::parse(&HELLO["filestore/".len()..]).unwrap();
    let mut content = archive.read(archive.find(&Member::Blob(blob)).unwrap()).unwrap();
    let mut copy = Vec::new();
    assert_eq!(copy_blob(&blob, &mut content, &mut copy).unwrap(), 5);
    assert_eq!(copy, b"hello");
}

#[test]
fn what_is_written_reads_back() {
    let mut bytes = Vec::new();
    let chunks = Chunks::new(|chunk: Vec<u8>| {
        bytes.extend(chunk);
        Ok(())
    });
    let mut writer = ArchiveWriter::new(chunks);
    writer.begin(DUMP).unwrap();
    std::io::Write::write_all(&mut writer, &vec![b'x'; 100_000]).unwrap();
    writer.begin_stored(HELLO).unwrap();
    std::io::Write::write_all(&mut writer, b"hello").unwrap();
    writer.finish().unwrap().finish().unwrap();

    let archive = open(&bytes).unwrap();

    for entry in archive.entries() {
        let mut content = Vec::new();
        archive.read(entry).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content.len() as u64, entry.size);
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let names: [&[u8]; 16] = [
        b"../dump.sql",
        b"filestore/../../etc/passwd",
        b"/etc/passwd",
        b"filestore//aa/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        b"filestore/./aa",
        b"C:/dump.sql",
        b"filestore\\aa\\aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        b"dump.sql\0.txt",
        b"dump\n.sql",
        b"\xff\xfe",
        b"",
        b"..",
        b"dump.sql/",
        b"filestore/ab/aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        b"filestore/aa/AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D",
        b"__MACOSX/._dump.sql",
    ];
    let found: Vec<String> =
        names.iter().flat_map(|name| problems(&zip(&[part(name, b"")]))).collect();

    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn what_is_no_plain_file_is_refused() {
    let modes = [0o120_777, 0o060_644, 0o020_644, 0o010_644, 0o140_644, 0o040_755, 0o070_000];
    let found: Vec<String> = modes
        .iter()
        .flat_map(|mode| problems(&zip(&[part("dump.sql", b"").mode(*mode)])))
        .collect();

    insta::assert_snapshot!(found.join("\n"));
    assert_eq!(
        problems(&zip(&[part("filestore/", b"x").mode(0o40_755)])),
        ["`filestore/` is a folder with content, not a file"]
    );
}

#[test]
fn encrypted_or_unusual_packing_is_refused() {
    let parts = [part("dump.sql", b"x").flags(1), part("manifest.json", b"x").method(12)];

    assert_eq!(
        problems(&zip(&parts)),
        [
            "`dump.sql` is encrypted",
            "`manifest.json` is packed by method 12, and only 0 and 8 are read"
        ]
    );
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let parts = [part("dump.sql", b"one"), part("dump.sql", b"two")];

    assert_eq!(problems(&zip(&parts)), ["`dump.sql` is there twice"]);
}

#[test]
fn files_that_share_bytes_are_refused() {
    let other = "filestore/bb/bbf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    let parts = [part(HELLO, b"hello"), part(other, b"hello").shares()];

    assert_eq!(problems(&zip(&parts)), ["two of its files share the same bytes"]);
}

#[test]
fn bombs_are_refused_by_what_they_declare() {
    let tight = problems(&zip(&[part("dump.sql", b"x").size(17 << 20)]));
    assert!(tight[0].starts_with("`dump.sql` says that it unpacks to "), "{tight:?}");

    let large = part("dump.sql", b"x").stored(&vec![b'x'; 1 << 20]).size(65 << 20);
    assert_eq!(
        problems(&zip(&[large])),
        ["unpacked it takes 65 MiB, and at most 64 MiB are allowed"]
    );

    let many = part("dump.sql", b"x").times(101);
    assert_eq!(problems(&zip(&[many])), ["it has 101 files, and at most 100 are read"]);

    let long = part("n".repeat(60_000), b"x");
    assert!(problems(&zip(&[long]))[0].ends_with("is no name of a backup: it is too long"));
}

#[test]
fn a_file_that_lies_about_its_content_ends_in_an_error() {
    let dump = || part("dump.sql", b"hello hello hello");
    let said = [
        unpacking(dump().size(16)),
        unpacking(dump().size(18)),
        unpacking(dump().crc32(7)),
        unpacking(dump().trailing(b"more")),
        unpacking(dump().cut(3)),
        unpacking(dump().inner_name("dump.sq_")),
        unpacking(dump().inner_name("longer name")),
        unpacking(dump().method(0)),
        unpacking(dump()),
    ];

    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn content_that_does_not_have_the_sum_of_its_name_is_noticed() {
    let archive = open(&zip(&[part(HELLO, b"jello")])).unwrap();
    let entry = &archive.entries()[0];
    let Member::Blob(blob) = entry.member else { panic!("it is a blob") };

    let copied = copy_blob(&blob, &mut archive.read(entry).unwrap(), &mut std::io::sink());

    assert_eq!(
        copied.map_err(|error| error.to_string()),
        Err(format!(
            "`{HELLO}` does not hold what its name promises: its content has another SHA-1"
        ))
    );
}

#[test]
fn what_is_no_whole_zip_file_is_refused() {
    let whole = zip(&[part("dump.sql", b"SELECT 1;")]);
    let mut prefixed = b"#!/bin/sh\n".to_vec();
    prefixed.extend(&whole);
    let mut spliced = whole.clone();
    let at = spliced.len() - 22 + 10;
    spliced[at - 2] = 2;
    spliced[at] = 2;
    let mut split = whole.clone();
    let at = split.len() - 22 + 4;
    split[at] = 1;

    let found: Vec<String> = [
        &b""[..],
        b"-- PostgreSQL database dump",
        b"PK\x03\x04",
        &whole[..whole.len() - 1],
        &whole[..20],
        &prefixed,
        &spliced,
        &split,
    ]
    .into_iter()
    .flat_map(problems)
    .collect();

    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn many_problems_are_counted_after_the_first_twenty() {
    let parts: Vec<Part> = (0..30).map(|n| part(format!("bad{n}"), b"")).collect();

    let found = problems(&zip(&parts));

    assert_eq!(found.len(), 21);
    assert_eq!(found[20], "and 10 more problems");
}

proptest! {
    #[test]
    fn no_byte_that_changes_makes_it_panic_or_yield_more_than_declared(
        at in 0_usize..400,
        value: u8,
    ) {
        let mut bytes = zip(&[part("dump.sql", &[b'a'; 500]), part(HELLO, b"hello")]);
        let at = at % bytes.len();
        bytes[at] = value;
        let Ok(archive) = open(&bytes) else { return Ok(()) };
        for entry in archive.entries() {
            let Ok(mut content) = archive.read(entry) else { continue };
            let mut read = Vec::new();
            let ended = content.read_to_end(&mut read);
            prop_assert!(read.len() as u64 <= entry.size);
            prop_assert!(ended.is_err() || read.len() as u64 == entry.size);
        }
    }

    #[test]
    fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut with_end = bytes.clone();
        with_end.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        with_end.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        with_end.extend([0; 6]);
        let _refused = open(&bytes);
        let _refused = open(&with_end);
    }
}
