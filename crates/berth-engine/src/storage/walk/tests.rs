use std::fs;
use std::os::unix::fs::symlink;

use berth_domain::Clock as _;
use berth_testkit::SystemClock;

use super::*;

fn stop() -> CancellationToken {
    CancellationToken::new()
}

/// A data folder with one folder of blobs.
fn data() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = folder.path().join("filestore/t_0000000001/ab");
    fs::create_dir_all(&blobs).unwrap();
    (folder, blobs)
}

/// Long after everything in the folder changed.
fn later(minutes: i64) -> Timestamp {
    SystemClock.now() + Duration::from_mins(u64::try_from(minutes).unwrap())
}

fn bytes(root: &Path) -> u64 {
    count(root, &stop()).unwrap().bytes.0
}

#[test]
fn a_file_with_two_names_counts_once_and_a_hole_not_at_all() {
    let (folder, blobs) = data();
    let empty = bytes(folder.path());
    fs::write(blobs.join("one"), vec![1; 64 << 10]).unwrap();
    fs::hard_link(blobs.join("one"), blobs.join("two")).unwrap();
    fs::File::create(blobs.join("hole")).unwrap().set_len(1 << 30).unwrap();

    let counted = count(folder.path(), &stop()).unwrap();

    let grown = counted.bytes.0 - empty;
    assert!((64 << 10..128 << 10).contains(&grown), "{grown}");
    assert_eq!(counted.problem, None);
}

#[test]
fn links_lead_nowhere() {
    let (folder, blobs) = data();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("large"), vec![1; 1 << 20]).unwrap();
    symlink(outside.path(), blobs.join("out")).unwrap();
    symlink(folder.path(), blobs.join("round")).unwrap();

    assert!(bytes(folder.path()) < 1 << 20);
}

#[test]
fn a_folder_of_blobs_is_read_again_when_something_was_added() {
    let (folder, blobs) = data();
    fs::write(blobs.join("one"), vec![1; 64 << 10]).unwrap();
    let (first, known) = count_again(folder.path(), Known::default(), later(10), &stop());
    assert_eq!(known.folders.len(), 1);
    // Nobody does that to a blob. It shows that the folder was not read.
    fs::write(blobs.join("one"), b"").unwrap();
    let (believed, known) = count_again(folder.path(), known, later(20), &stop());
    let (anew, _) = count_again(folder.path(), Known::default(), later(20), &stop());

    fs::write(blobs.join("two"), vec![1; 64 << 10]).unwrap();
    let (grown, _) = count_again(folder.path(), known, later(30), &stop());

    let [first, believed, anew, grown] = [first, believed, anew, grown].map(|it| it.unwrap().bytes);
    assert_eq!(believed, first);
    assert!(anew < first);
    assert_eq!(grown, first);
}

#[test]
fn what_changed_just_now_is_not_believed() {
    let (folder, blobs) = data();
    fs::write(blobs.join("one"), b"being written").unwrap();

    let (_, known) = count_again(folder.path(), Known::default(), later(0), &stop());

    assert!(known.folders.is_empty());
}

#[test]
fn a_folder_too_deep_to_look_into_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().to_owned();
    let mut at = std::env::current_dir().unwrap();
    // Made piece by piece, as a tenant could: the whole path is longer than a path may be.
    for _ in 0..24 {
        deep.push("x".repeat(200));
        match fs::create_dir(&deep) {
            Ok(()) => at = deep.clone(),
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::InvalidFilename);
                break;
            }
        }
    }
    let name = "y".repeat(255);
    rustix::fs::mkdirat(fs::File::open(&at).unwrap(), name.as_str(), 0o700.into()).unwrap();

    let counted = count(folder.path(), &stop()).unwrap();

    assert!(counted.problem.unwrap().starts_with("not everything was counted"));
}

#[test]
fn nobody_waits_for_a_count_that_nobody_wants() {
    let (folder, blobs) = data();
    for n in 0..100 {
        fs::write(blobs.join(n.to_string()), b"").unwrap();
    }
    let stop = stop();
    stop.cancel();

    assert_eq!(count(folder.path(), &stop).unwrap_err().kind(), io::ErrorKind::Interrupted);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();

    assert!(count(&folder.path().join("data"), &stop()).is_err());
}
