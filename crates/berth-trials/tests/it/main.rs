//! The readers, asked what is in `fuzz/corpus`: what was written down there, and what fuzzing found.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use berth_trials::READERS;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|_| panic!("{}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_reader_has_a_folder_and_every_folder_a_reader() {
    let readers: BTreeSet<_> = READERS.iter().map(|reader| reader.name.to_owned()).collect();

    assert_eq!(names_in(&corpus()), readers);
}

/// A seed that is meant to be understood has a name that begins with `good`, as one that is meant to be
/// refused begins with `bad`. What was found by chance has another name, and only must not break anything.
#[test]
fn every_seed_is_read_as_its_name_says() {
    let mut wrong = Vec::new();
    for reader in READERS {
        let seeds = names_in(&corpus().join(reader.name));
        for beginning in ["good", "bad"] {
            let is_there = seeds.iter().any(|seed| seed.starts_with(beginning));
            assert!(is_there, "{} has no seed that is {beginning}", reader.name);
        }
        for seed in seeds {
            let bytes = std::fs::read(corpus().join(reader.name).join(&seed)).unwrap();
            let is_read = (reader.read)(&bytes);
            if (seed.starts_with("good") && !is_read) || (seed.starts_with("bad") && is_read) {
                wrong.push(format!("{}/{seed}", reader.name));
            }
        }
    }

    assert!(wrong.is_empty(), "read otherwise than they should be: {wrong:?}");
}
