use std::fs;

use berth_domain::Bytes;
use proptest::prelude::*;

use super::super::filter::Wanted;
use super::super::history::Pages;
use super::super::line::{Run, Voice};
use super::*;

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

fn policy() -> LogsKept {
    LogsKept { keep: Duration::from_hours(24 * 14), most: Bytes::mib(100) }
}

/// A shelf whose segments are tiny, in a tenant's folder that is there.
fn shelf(folder: &Path, largest: u64) -> Shelf {
    Shelf { largest, ..Shelf::new(folder.join("logs"), policy()) }
}

/// The `n`th line; one each ten milliseconds.
fn line(n: usize) -> Kept {
    let at = NOW + Duration::from_millis(10 * n as u64);
    Kept { at, voice: Voice::Error, run: Run::default(), text: format!("line {n}") }
}

fn read(folder: &Path) -> Vec<String> {
    let mut pages = Pages::open(&folder.join("logs"), &Wanted::default(), None).unwrap();
    let mut texts = Vec::new();
    while let Some(lines) = pages.next().unwrap() {
        texts.extend(lines.into_iter().map(|line| line.text));
    }
    texts
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("logs")).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn kind(name: &str) -> &str {
    name.rsplit('.').next().unwrap()
}

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("line {n}")).collect()
}

#[test]
fn lines_come_back_in_order_over_packed_and_plain_segments() {
    let folder = tempfile::tempdir().unwrap();
    let mut shelf = shelf(folder.path(), 100);

    for n in 0..20 {
        shelf.append(&[line(n)], NOW).unwrap();
    }

    assert_eq!(read(folder.path()), texts(20));
    let names = names(folder.path());
    assert!(names.len() > 5, "{names:?}");
    let (last, packed) = names.split_last().unwrap();
    assert!(packed.iter().all(|name| kind(name) == "gz"), "{names:?}");
    assert_eq!(kind(last), "log", "{names:?}");
}

#[test]
fn half_a_line_is_cut_off_by_whoever_writes_next() {
    let folder = tempfile::tempdir().unwrap();
    shelf(folder.path(), LARGEST).append(&[line(0), line(1)], NOW).unwrap();
    let path = folder.path().join("logs").join(&names(folder.path())[0]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 3]).unwrap();

    assert_eq!(read(folder.path()), texts(1));
    let mut again = shelf(folder.path(), LARGEST);
    let recent = again.recover().unwrap();
    again.append(&[line(1), line(2)], NOW).unwrap();

    assert_eq!(recent.newest(), Some(line(0).at));
    assert_eq!(read(folder.path()), texts(3));
}

#[test]
fn zeros_where_a_power_cut_left_them_are_no_lines() {
    let folder = tempfile::tempdir().unwrap();
    shelf(folder.path(), LARGEST).append(&[line(0)], NOW).unwrap();
    let path = folder.path().join("logs").join(&names(folder.path())[0]);
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend(vec![0; 200_000]);
    fs::write(&path, bytes).unwrap();

    let mut again = shelf(folder.path(), LARGEST);
    again.recover().unwrap();
    again.append(&[line(1)], NOW).unwrap();

    assert_eq!(read(folder.path()), texts(2));
    assert!(fs::metadata(&path).unwrap().len() < 1000);
}

#[test]
fn what_is_too_much_or_too_old_goes() {
    let folder = tempfile::tempdir().unwrap();
    let mut shelf = shelf(folder.path(), 100);
    for n in 0..20 {
        shelf.append(&[line(n)], NOW).unwrap();
    }
    shelf.policy.most = Bytes(300);

    shelf.tidy(NOW).unwrap();
    let less = read(folder.path());
    shelf.tidy(NOW + Duration::from_hours(24 * 30)).unwrap();
    shelf.append(&[line(99)], NOW).unwrap();

    assert!((1..20).contains(&less.len()), "{less:?}");
    assert_eq!(less.last().unwrap(), "line 19");
    // The file system's clock says when the last segment was written, and that is today.
    assert_eq!(read(folder.path()).last().unwrap(), "line 99");
}

#[test]
fn a_line_that_is_too_old_already_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let later = NOW + Duration::from_hours(24 * 15);

    shelf(folder.path(), LARGEST).append(&[line(0)], later).unwrap();

    assert!(!folder.path().join("logs").exists());
}

#[test]
fn a_tenant_that_was_removed_is_not_half_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut shelf = shelf(&folder.path().join("t_0000000001"), LARGEST);

    let error = shelf.append(&[line(0)], NOW).unwrap_err();

    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(!folder.path().join("t_0000000001").exists());
}

#[test]
fn the_window_of_the_last_second_reaches_over_segments() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = shelf(folder.path(), 100);
    for n in 0..300 {
        first.append(&[line(n)], NOW).unwrap();
    }

    let recent = shelf(folder.path(), 100).recover().unwrap();

    let mut overlap = recent.overlap();
    let known = (0..300).filter(|n| !overlap.is_new(&line(*n))).count();
    assert_eq!(known, 101);
}

/// Where a packing can be cut off: what is there then.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// In the middle of the file beside.
    Beside,
    /// Before it got its name.
    Whole,
    /// Before the plain one was removed.
    Named,
}

fn cut_packing(folder: &Path, cut: Cut) {
    let logs = folder.join("logs");
    let segments = segment::list(&logs).unwrap().segments;
    let Some(last) = segments.iter().find(|segment| !segment.is_packed) else { return };
    let (plain, beside) = (last.path(&logs), last.unfinished(&logs));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&fs::read(&plain).unwrap()).unwrap();
    let packed = encoder.finish().unwrap();
    match cut {
        Cut::Beside => fs::write(beside, &packed[..packed.len() / 2]).unwrap(),
        Cut::Whole => fs::write(beside, &packed).unwrap(),
        Cut::Named => fs::write(last.packed().path(&logs), &packed).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A writer that dies anywhere, in the middle of a line or of a packing, and a next one that goes
    /// on with what the engine still has.
    #[test]
    fn a_kill_anywhere_loses_and_repeats_nothing(
        kills in prop::collection::vec((1_usize..12, 0_usize..40, 0_u8..4), 1..8),
        largest in 60_u64..600,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut said = 0;
        for (more, torn, cut) in kills {
            said += more;
            let mut shelf = shelf(folder.path(), largest);
            let mut overlap = shelf.recover().unwrap().overlap();
            let since = shelf.recover().unwrap().since();
            for n in 0..said {
                let line = line(n);
                if since.is_none_or(|since| line.at > since) && overlap.is_new(&line) {
                    shelf.append(&[line], NOW).unwrap();
                }
            }
            prop_assert_eq!(read(folder.path()), texts(said));
            match cut {
                0 => cut_packing(folder.path(), Cut::Beside),
                1 => cut_packing(folder.path(), Cut::Whole),
                _ => {
                    let logs = folder.path().join("logs");
                    let last = segment::list(&logs).unwrap().segments.pop().unwrap();
                    let path = last.path(&logs);
                    let file = OpenOptions::new().write(true).open(&path).unwrap();
                    file.set_len(last.bytes.saturating_sub(torn as u64)).unwrap();
                }
            }
        }
        let mut last = shelf(folder.path(), largest);
        let recent = last.recover().unwrap();
        let mut overlap = recent.overlap();
        for n in 0..said {
            let line = line(n);
            if recent.since().is_none_or(|since| line.at > since) && overlap.is_new(&line) {
                last.append(&[line], NOW).unwrap();
            }
        }
        last.tidy(NOW).unwrap();

        prop_assert_eq!(read(folder.path()), texts(said));
        prop_assert!(!names(folder.path()).iter().any(|name| kind(name) == "part"));
    }

    #[test]
    fn of_a_packing_that_was_cut_off_nothing_is_read_twice(
        count in 1_usize..30,
        cut in prop_oneof![Just(Cut::Beside), Just(Cut::Whole), Just(Cut::Named)],
    ) {
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<Kept> = (0..count).map(line).collect();
        shelf(folder.path(), LARGEST).append(&lines, NOW).unwrap();
        cut_packing(folder.path(), cut);

        let before = read(folder.path());
        let mut next = shelf(folder.path(), LARGEST);
        next.append(&[line(count)], NOW).unwrap();
        next.tidy(NOW).unwrap();

        prop_assert_eq!(before, texts(count));
        prop_assert_eq!(read(folder.path()), texts(count + 1));
    }
}
