//! Whether files that a program replaced would have survived a loss of power, read from a trace of its
//! system calls (`strace -f -y -e trace=fsync,fdatasync,rename,renameat,renameat2`).
//!
//! A rename is on disk when the file was flushed before it and the folder after it (fsync(2), rename(2)).

use std::collections::BTreeSet;
use std::path::Path;

/// Renames of files whose new content or new name was not flushed, as `from -> to: what is missing`.
/// Only those into `home` count, and there those that `is_meant` says must last.
#[must_use]
pub fn not_flushed(trace: &str, home: &Path, is_meant: impl Fn(&Path) -> bool) -> Vec<String> {
    let calls: Vec<Call<'_>> = trace.lines().filter_map(call).collect();
    let mut found = Vec::new();
    for (at, renamed) in calls.iter().enumerate() {
        let Call::Rename { from, to } = renamed else { continue };
        if !to.starts_with(home) || !is_meant(to) {
            continue;
        }
        let flushed = |calls: &[Call<'_>], path: &Path| calls.contains(&Call::Flush(path));
        if !flushed(&calls[..at], from) {
            found.push(format!("{} -> {}: the file was not flushed", from.display(), to.display()));
        }
        if !to.parent().is_some_and(|folder| flushed(&calls[at..], folder)) {
            found.push(format!(
                "{} -> {}: the folder was not flushed",
                from.display(),
                to.display()
            ));
        }
    }
    found
}

/// What was renamed into `home`.
#[must_use]
pub fn renamed<'a>(trace: &'a str, home: &Path) -> BTreeSet<&'a Path> {
    let calls = trace.lines().filter_map(call);
    let into_home = calls.filter_map(|call| match call {
        Call::Rename { to, .. } if to.starts_with(home) => Some(to),
        _ => None,
    });
    into_home.collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Call<'a> {
    Flush(&'a Path),
    Rename { from: &'a Path, to: &'a Path },
}

/// Reads one line: `12 fsync(7</a/b>) = 0`, `12 rename("/a/x", "/a/y") = 0`. A call that another thread
/// interrupted has its arguments on its first line, which is enough.
fn call(line: &str) -> Option<Call<'_>> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    if line.starts_with("fsync(") || line.starts_with("fdatasync(") {
        let path = line.split_once('<')?.1.split_once('>')?.0;
        return Some(Call::Flush(Path::new(path)));
    }
    if !line.starts_with("rename") {
        return None;
    }
    let mut quoted = line.split('"').skip(1).step_by(2);
    Some(Call::Rename { from: Path::new(quoted.next()?), to: Path::new(quoted.next()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "\
        7 fsync(12</h/routes.json.new>) = 0\n\
        7 rename(\"/h/routes.json.new\", \"/h/routes.json\") = 0\n\
        9 fsync(13</h>) = 0\n";

    fn problems(trace: &str) -> Vec<String> {
        not_flushed(trace, Path::new("/h"), |_| true)
    }

    #[test]
    fn a_file_that_was_flushed_renamed_and_whose_folder_was_flushed_lasts() {
        assert_eq!(problems(WHOLE), Vec::<String>::new());
        assert_eq!(renamed(WHOLE, Path::new("/h")), BTreeSet::from([Path::new("/h/routes.json")]));
    }

    #[test]
    fn what_is_missing_is_named() {
        let lines: Vec<&str> = WHOLE.lines().collect();

        assert!(problems(&lines[1..].join("\n"))[0].ends_with("the file was not flushed"));
        assert!(problems(&lines[..2].join("\n"))[0].ends_with("the folder was not flushed"));
    }

    #[test]
    fn a_flush_before_the_rename_does_not_count_for_the_folder() {
        let lines: Vec<&str> = WHOLE.lines().collect();
        let trace = [lines[2], lines[0], lines[1]].join("\n");

        assert_eq!(problems(&trace).len(), 1);
    }

    #[test]
    fn calls_that_were_interrupted_and_other_calls_are_read() {
        let trace =
            WHOLE.replace(") = 0", " <unfinished ...>") + "7 execve(\"/bin/x\", [\"x\"]) = 0\n";

        assert_eq!(problems(&trace), Vec::<String>::new());
    }

    #[test]
    fn what_happens_elsewhere_does_not_count() {
        assert_eq!(problems("7 rename(\"/tmp/a\", \"/tmp/b\") = 0\n"), Vec::<String>::new());
    }
}
