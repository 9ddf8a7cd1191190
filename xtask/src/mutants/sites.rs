//! Where the sources check who may do what, found by how checks are spelled.
//!
//! # Invariants
//!
//! * What is defined is no check, nor is what tests and comments say: only what is called.
//! * A way to check that is new gets a line in [`CALLS`]; the crate is where it is looked for.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use anyhow::Result;

use super::read;
use crate::workspace;

const ENGINE: &str = "crates/berth-engine/src";
const STORE: &str = "crates/berth-store/src";
const WEB: &str = "crates/berth-web/src";

/// What a check looks like, and in which crate.
const CALLS: &[(&str, &str)] = &[
    (ENGINE, ".demand("),
    (ENGINE, ".may("),
    (ENGINE, "demand_for("),
    (ENGINE, "demand_local("),
    (ENGINE, "demand_operation("),
    (ENGINE, "demand_schedule("),
    (ENGINE, "decide("),
    (ENGINE, "is_in(&grants)"),
    (ENGINE, "is_operator_in("),
    (ENGINE, "may_appoint("),
    (ENGINE, "may_change("),
    (ENGINE, "may_disable("),
    (ENGINE, "may_give("),
    (ENGINE, "may_look_after("),
    (ENGINE, "prove_once_more("),
    (ENGINE, "refuse_if_changed("),
    (ENGINE, "refuse_last_admin("),
    (ENGINE, "schedule_lost("),
    (ENGINE, "sees("),
    (ENGINE, "still_signed_in("),
    (ENGINE, "takes::demand("),
    (ENGINE, "webhook_lost("),
    (STORE, "organisation_id = $"),
    (STORE, "organisation_id IS NULL"),
    (WEB, "demand_claim("),
    (WEB, "account(&request)"),
    (WEB, "authorise("),
    (WEB, "demand("),
    (WEB, "is_ours("),
    (WEB, "refuse_embedded("),
    (WEB, "refuse_other_pages("),
    (WEB, "refuse_strange_pages("),
];

/// One call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) at: Range<usize>,
    pub(super) call: &'static str,
}

impl Site {
    #[cfg(test)]
    pub(super) fn is_in(&self, file: &str, span: &Range<usize>) -> bool {
        self.file == file && span.contains(&self.at.start)
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: `{}`", self.file, self.line, self.call)
    }
}

/// All of them, by file.
pub(super) fn all() -> Result<Vec<Site>> {
    let mut sites = Vec::new();
    for folder in [ENGINE, STORE, WEB] {
        let calls = CALLS.iter().filter(|(place, _)| *place == folder);
        let calls: Vec<_> = calls.map(|(_, call)| *call).collect();
        visit(&workspace::root().join(folder), &calls, &mut sites)?;
    }
    sites.sort_by(|one, other| (&one.file, one.at.start).cmp(&(&other.file, other.at.start)));
    Ok(sites)
}

/// Those that keep what is an organisation's from others.
pub(super) fn of_organisations() -> Result<Vec<Site>> {
    Ok(all()?.into_iter().filter(|site| site.call.starts_with("organisation_id")).collect())
}

fn visit(folder: &Path, calls: &[&'static str], sites: &mut Vec<Site>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_source = path.extension().is_some_and(|end| end == "rs");
        if path.is_dir() {
            visit(&path, calls, sites)?;
        } else if is_source && path.file_stem().is_some_and(|stem| stem != "tests") {
            let file = path.strip_prefix(workspace::root())?.to_string_lossy().into_owned();
            sites.extend(within(&file, &read(&path)?, calls));
        }
    }
    Ok(())
}

fn within(file: &str, text: &str, calls: &[&'static str]) -> Vec<Site> {
    let ships = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let (mut sites, mut start) = (Vec::new(), 0);
    for (number, line) in text[..ships].split_inclusive('\n').enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for call in calls {
            for (at, _) in code.match_indices(call) {
                if is_called(&code[..at], call) {
                    let at = start + at..start + at + call.len();
                    sites.push(Site { file: file.to_owned(), line: number + 1, at, call });
                }
            }
        }
        start += line.len();
    }
    sites
}

/// Whether a name that stands behind this is a whole one, and is not defined there.
fn is_called(before: &str, call: &str) -> bool {
    let is_whole = !call.starts_with(|first: char| first.is_alphanumeric())
        || !before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    is_whole && !before.ends_with("fn ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_is_found_and_what_is_defined_said_or_tested_is_not() {
        let text = "/// See sees(x).\nfn sees(it: It) {\n    let a = oversees(it); // sees(b)\n    \
                    access::sees(it);\n}\n#[cfg(test)]\nmod tests {\n    sees(it);\n}\n";

        let sites = within("a.rs", text, &["sees("]);

        assert_eq!(sites.iter().map(|site| site.line).collect::<Vec<_>>(), [4]);
        assert_eq!(&text[sites[0].at.clone()], "sees(");
    }

    #[test]
    fn every_way_to_check_is_in_use() {
        let sites = all().unwrap();

        for (folder, call) in CALLS {
            let mut found = sites.iter().filter(|site| site.file.starts_with(folder));
            assert!(found.any(|site| site.call == *call), "{folder}: {call}");
        }
    }
}
