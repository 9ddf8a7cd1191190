//! Whose it is what a statement of `berth-store` finds, counts or changes: wherever one of them names the
//! organisation, it is taken away.

use anyhow::{Context, Result};

use crate::mutants::Tests;
use crate::mutants::read;
use crate::mutants::removal::Removal;
use crate::mutants::sites::{self, Site};
use crate::workspace;

/// Which test misses it, by file: what begins so, and the first that does.
const NOTICES: &[(&str, &str)] = &[
    ("audit", "neighbours::work::sqlite::what_was_done_is_told_to_its_own"),
    ("deadlines", "neighbours::tenants::sqlite::nobody_writes_to_a_tenant_of_another"),
    ("events", "neighbours::work::sqlite::operations_and_events_are_those_of_their_own"),
    ("given", "neighbours::directory::sqlite::a_group_takes_nobody_out_of_another"),
    (
        "invitations",
        "neighbours::directory::sqlite::invitations_are_found_listed_and_revoked_in_their_own",
    ),
    ("memberships", "neighbours::directory::sqlite::members_are_those_of_their_own"),
    ("observations", KNOWN),
    ("operations", "neighbours::work::sqlite::operations_and_events_are_those_of_their_own"),
    ("organisations", TENANTS),
    ("quotas", "neighbours::tenants::sqlite::quotas_are_those_of_their_own_and_count_its_tenants"),
    ("schedules", "neighbours::work::sqlite::schedules_are_found_listed_and_changed_in_their_own"),
    ("statistics", KNOWN),
    ("storage", KNOWN),
    (
        "subscriptions",
        "neighbours::work::sqlite::webhooks_are_found_listed_and_changed_in_their_own",
    ),
    ("tenants/write", "neighbours::tenants::sqlite::nobody_writes_to_a_tenant_of_another"),
    ("tenants", TENANTS),
    ("tokens", "neighbours::directory::sqlite::tokens_are_found_listed_and_revoked_in_their_own"),
    ("uploads", "neighbours::work::sqlite::uploads_are_found_listed_and_used_in_their_own"),
];
const KNOWN: &str = "neighbours::tenants::sqlite::what_is_known_of_a_tenant_is_told_in_its_own";
const TENANTS: &str =
    "neighbours::tenants::sqlite::tenants_are_found_listed_and_counted_in_their_own";
const GOES: &str = "neighbours::going::sqlite::what_goes_with_an_organisation_is_its_own";
const CONTENTS: &str = "neighbours::going::sqlite::what_is_in_an_organisation_is_its_own";

pub(super) fn all() -> Result<Vec<Removal>> {
    sites::of_organisations()?.iter().map(removal).collect()
}

/// What is compared with the organisation is compared with itself, so that the arguments stay as they are.
fn removal(site: &Site) -> Result<Removal> {
    let text = read(&workspace::root().join(&site.file))?;
    let start =
        text[..site.at.start].trim_end_matches(|it: char| it == '.' || it.is_alphanumeric());
    let rest = &text[site.at.end..];
    let (end, instead) = match rest.chars().next().filter(char::is_ascii_digit) {
        Some(digit) => (site.at.end + 1, format!("${digit} = ${digit}")),
        None => (site.at.end, "1 = 1".to_owned()),
    };
    let line = text.lines().nth(site.line - 1).unwrap_or_default().trim();
    Ok(Removal {
        about: format!("what is another organisation's is found by line {}, `{line}`", site.line),
        file: site.file.clone(),
        at: start.len()..end,
        instead,
        tests: Tests::Store,
        notices: notices(&site.file, start)?,
    })
}

fn notices(file: &str, before: &str) -> Result<&'static str> {
    let name = file.rsplit_once("/src/").map_or(file, |(_, name)| name);
    if name == "organisations/contents.rs" {
        return Ok(if before.contains("const REMOVALS") { GOES } else { CONTENTS });
    }
    let found = NOTICES.iter().find(|(begin, _)| name.starts_with(begin));
    let (_, notices) = found.with_context(|| format!("no test is named for {file}"))?;
    Ok(notices)
}
