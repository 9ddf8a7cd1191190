//! Why a tenant is not what people want it to be: what is wrong, who noticed, since when, whether its data
//! is safe, and the one thing that helps.

use berth_domain::operation::OperationKind;
use berth_domain::{TenantState, Timestamp};
use berth_engine::view::{KnownTenant, SeenView, StorageView};

use super::setup::span;
use crate::pages::action::Actions;
use crate::pages::words::{ago, capitalised, deed, size};

/// Something that people should know before anything else.
#[derive(Debug)]
pub(super) struct Trouble {
    /// `error`, `warn` or `idle`.
    pub(super) shape: &'static str,
    pub(super) headline: String,
    pub(super) detail: String,
    /// Who noticed and since when, and whether the data is safe.
    pub(super) about: String,
    /// What is begun from here.
    pub(super) helps: Vec<Actions>,
    /// Where more is to be seen.
    pub(super) act: Option<Act>,
}

/// Another page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) label: &'static str,
    pub(super) link: String,
}

/// Where things are done, as far as somebody may do them.
#[derive(Debug)]
pub(super) struct Ways<'a> {
    pub(super) org: &'a str,
    pub(super) base: &'a str,
    pub(super) may_read_logs: bool,
    pub(super) may_set: bool,
}

impl Trouble {
    /// `None`: all is well, or something is at work on it.
    pub(super) fn of(known: &KnownTenant, ways: &Ways<'_>, now: Timestamp) -> Option<Self> {
        let since = |at: Timestamp| ago(at, now);
        match known.tenant.tenant.state {
            TenantState::Broken { since: at, .. } => Some(broken(known, ways, &since(at))),
            TenantState::Drifted { since: at } => {
                Some(drifted(known.seen.as_ref(), ways, &since(at)))
            }
            TenantState::OverLimit { since: at } => Some(over_limit(known, ways, &since(at))),
            TenantState::Suspended { since: at } => Some(at_rest(
                "It is suspended",
                format!("Visitors are refused since {}. Only an operator resumes it.", day(at)),
            )),
            TenantState::Archived { since: at } => Some(at_rest(
                "It is archived",
                format!("It was put away {}. All of it can be brought back.", since(at)),
            )),
            TenantState::Deleted { until, .. } => Some(at_rest(
                "It is deleted",
                format!("It can be restored until {}. Then it is gone for good.", day(until)),
            )),
            TenantState::Provisioning { .. }
            | TenantState::Running
            | TenantState::Changing { .. }
            | TenantState::Stopped { .. }
            | TenantState::Deleting { .. } => None,
        }
    }
}

fn broken(known: &KnownTenant, ways: &Ways<'_>, since: &str) -> Trouble {
    let Some(failed) = &known.operation else {
        return Trouble {
            shape: "error",
            headline: "It is broken".to_owned(),
            detail: "What failed is not known any more.".to_owned(),
            about: format!("Noticed {since}. Its database and files are kept."),
            helps: Vec::new(),
            act: logs(ways),
        };
    };
    let is_new = matches!(failed.kind, OperationKind::TenantCreate | OperationKind::TenantImport);
    let data = if is_new {
        "What was made so far is kept until it is tried again or undone."
    } else {
        "Its database and files are kept. Visitors see a page that says that it does not work."
    };
    Trouble {
        shape: "error",
        headline: format!("{} failed", deed(failed.kind)),
        detail: sentence(failed.error.as_deref().unwrap_or("nothing says why")),
        about: format!("Noticed by the operation itself, {since}. {data}"),
        helps: Vec::new(),
        act: Some(Act {
            label: "Show what failed",
            link: format!("/organisations/{}/operations/{}", ways.org, failed.id),
        }),
    }
}

fn drifted(seen: Option<&SeenView>, ways: &Ways<'_>, since: &str) -> Trouble {
    let drift = seen.and_then(|seen| seen.drift.as_ref());
    let reason = drift.map_or("it is not known yet what", |drift| drift.reason.as_str());
    let hint = drift.and_then(|drift| drift.hint.as_deref());
    let next = hint.map_or_else(
        || "Berth is putting it right.".to_owned(),
        |hint| sentence(&format!("what helps: {hint}")),
    );
    Trouble {
        shape: "warn",
        headline: "Something that it needs is not as it should be".to_owned(),
        detail: format!("{} {next}", sentence(reason)),
        about: format!(
            "Noticed by Berth's own look at it, {since}. Berth never makes a database or files anew \
             that are missing, and leaves what is there as it is."
        ),
        helps: Vec::new(),
        act: logs(ways),
    }
}

fn over_limit(known: &KnownTenant, ways: &Ways<'_>, since: &str) -> Trouble {
    let limit = known.tenant.tenant.storage;
    let measured = known.tenant.storage.as_ref().and_then(|it| it.found.measured);
    let detail = match (measured, limit) {
        (Some((measured, _)), Some(limit)) => {
            format!("It fills {} of {}.", size(measured.total()), size(limit))
        }
        _ => "It fills more than its storage limit.".to_owned(),
    };
    let age = known.tenant.storage.as_ref().and_then(measured_ago).unwrap_or_default();
    Trouble {
        shape: "warn",
        headline: "It fills more than its storage limit".to_owned(),
        detail: format!("{detail} It goes on serving, and nothing is refused to it."),
        about: format!("Noticed when it was measured, {since}{age}. Nothing of it was removed."),
        helps: Vec::new(),
        act: ways.may_set.then(|| Act {
            label: "Raise the limit",
            link: format!("{}/settings#storage", ways.base),
        }),
    }
}

fn measured_ago(storage: &StorageView) -> Option<String> {
    Some(format!("; measured last {} ago", span(storage.age?.as_secs())))
}

fn at_rest(headline: &str, detail: String) -> Trouble {
    Trouble {
        shape: "idle",
        headline: headline.to_owned(),
        detail,
        about: "Its database and files are kept.".to_owned(),
        helps: Vec::new(),
        act: None,
    }
}

fn logs(ways: &Ways<'_>) -> Option<Act> {
    let link = format!("{}/logs?level=warning", ways.base);
    ways.may_read_logs.then_some(Act { label: "Show what it said", link })
}

/// `25 Nov 2026 14:30`, in universal time.
fn day(at: Timestamp) -> String {
    format!("{} UTC", at.strftime("%-d %b %Y %H:%M"))
}

/// `it broke` → `It broke.`
fn sentence(text: &str) -> String {
    let text = capitalised(text.trim());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
