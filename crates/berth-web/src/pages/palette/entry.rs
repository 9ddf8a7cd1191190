//! What can be found.

use berth_engine::view::TenantView;

use crate::pages::shell::Shell;
use crate::pages::words::{Status, capitalised};

/// Entries of one kind.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) entries: Vec<Entry>,
}

/// A place to go to.
#[derive(Debug)]
pub(super) struct Entry {
    /// By which a script says which one is chosen.
    pub(super) id: usize,
    pub(super) link: String,
    pub(super) label: String,
    pub(super) detail: String,
    pub(super) icon: &'static str,
    /// How a tenant is. Then there is no icon.
    pub(super) status: Option<Status>,
}

impl Entry {
    pub(super) fn page(link: String, label: String) -> Self {
        Self { id: 0, link, label, detail: String::new(), icon: "right", status: None }
    }

    pub(super) fn tenant(org: &str, view: &TenantView) -> Self {
        let tenant = &view.tenant;
        let status = Status::of_tenant(&tenant.state);
        let stage = capitalised(tenant.stage.as_str());
        Self {
            detail: format!("{stage}, {}", status.word.to_lowercase()),
            status: Some(status),
            ..Self::page(
                format!("/organisations/{org}/tenants/{}", tenant.name),
                tenant.name.to_string(),
            )
        }
    }
}

/// Whether every word that was typed is in a label.
pub(super) fn matches(label: &str, typed: &str) -> bool {
    let label = label.to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| label.contains(word))
}

/// Numbers what was found, from the first to the last.
pub(super) fn number(groups: &mut [Group]) {
    let entries = groups.iter_mut().flat_map(|group| &mut group.entries);
    for (id, entry) in entries.enumerate() {
        entry.id = id;
    }
}

/// The pages that whoever looks may see.
pub(super) fn pages(shell: &Shell) -> Vec<Entry> {
    let base = format!("/organisations/{}", shell.organisation);
    let rail = shell.rail;
    let (fleet, operations) =
        if rail.is_portal { ("Tenants", "Activity") } else { ("Fleet", "Operations") };
    let all = [
        (true, format!("{base}/tenants"), fleet, "fleet"),
        (shell.may_operate, format!("{base}/tenants/new"), "New tenant", "plus"),
        (shell.may_operate, format!("{base}/import"), "Import a backup", "down-to"),
        (true, format!("{base}/operations"), operations, "ops"),
        (true, format!("{base}/schedules"), "Schedules", "clock"),
        (shell.may_operate, format!("{base}/new-schedule"), "New schedule", "plus"),
        (rail.has_people, format!("{base}/people"), "People", "people"),
        (rail.has_people, format!("{base}/people#invited-h"), "Invite somebody", "mail"),
        (rail.has_people, format!("{base}/people#tokens-h"), "Tokens", "key"),
        (rail.has_audit, format!("{base}/audit"), "Audit", "shield"),
        (rail.has_organisation, format!("{base}/webhooks"), "Webhooks", "mail"),
        (true, format!("{base}/quotas"), "Quotas", "plan"),
        (rail.has_organisation, base, "Organisation", "plan"),
        (rail.has_settings, "/settings".to_owned(), "Settings", "gear"),
        (rail.has_settings, "/settings/configuration".to_owned(), "Configuration", "file"),
        (rail.has_settings, "/organisations".to_owned(), "All organisations", "plan"),
        (rail.has_settings, "/people".to_owned(), "All accounts", "people"),
        (rail.has_settings, "/doctor".to_owned(), "Checks", "check"),
        (rail.has_settings, "/disk".to_owned(), "Disk", "db"),
        (rail.has_settings, "/orphans".to_owned(), "Orphans", "box"),
        (shell.person.is_some(), "/account".to_owned(), "Your account", "user"),
    ];
    let shown = all.into_iter().filter(|(is_shown, ..)| *is_shown);
    shown
        .map(|(_, link, label, icon)| Entry { icon, ..Entry::page(link, label.to_owned()) })
        .collect()
}
