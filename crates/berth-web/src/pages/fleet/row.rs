//! One tenant of the fleet.

use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::{OperationId, Stage, TenantState, Timestamp};
use berth_engine::view::{OperationView, TenantView};

use super::usage::Usage;
use crate::pages::action::Actions;
use crate::pages::shell::Seat;
use crate::pages::words::{Status, ago, capitalised, deed, size};

/// A tenant, worded.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) host: String,
    /// Where visitors reach it. `None`: nobody does now.
    pub(crate) url: Option<String>,
    pub(crate) status: Status,
    pub(crate) stage: String,
    pub(crate) is_production: bool,
    pub(crate) image: String,
    pub(crate) owner: String,
    /// `1.2 GiB`, and how much of its limit that is, if it has one.
    pub(crate) storage: Option<(String, Option<Share>)>,
    pub(crate) usage: Usage,
    pub(crate) expires: String,
    pub(crate) made: String,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) progress: Option<Progress>,
    pub(crate) actions: Actions,
}

/// What all rows of a page have in common.
pub(super) struct Look<'a> {
    /// Whoever looks.
    pub(super) seat: &'a Seat,
    pub(super) org: &'a str,
    pub(super) operations: &'a BTreeMap<OperationId, OperationView>,
    pub(super) now: Timestamp,
}

/// A part of something, as a bar.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    /// In hundredths.
    pub(crate) percent: u64,
    /// The colour, if it is another than usual.
    pub(crate) class: &'static str,
}

/// Why a tenant waits for somebody, and what helps.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// `error` or `warn`.
    pub(crate) shape: &'static str,
    pub(crate) headline: String,
    pub(crate) detail: String,
    /// The operation that failed.
    pub(crate) operation: Option<String>,
    /// What helps, the best first.
    pub(crate) helps: Vec<Actions>,
}

/// How far something is that is done to a tenant.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) operation: String,
    /// One mark for each step: `d` is done, `n` is now, empty is to come.
    pub(crate) marks: Vec<&'static str>,
    /// `Step 5 of 7`.
    pub(crate) step: String,
    pub(crate) text: String,
    pub(crate) since: String,
}

impl Row {
    pub(super) fn of(view: &TenantView, usage: Usage, look: &Look<'_>) -> Self {
        let Look { seat, org, operations, now } = *look;
        let tenant = &view.tenant;
        let actions = Actions::of(seat, org, tenant);
        let about = match &tenant.state {
            TenantState::Broken { failed, .. } => operations.get(failed),
            state => state.operation().and_then(|id| operations.get(&id)),
        };
        Self {
            name: tenant.name.to_string(),
            host: tenant.host.to_string(),
            url: tenant.state.is_up().then(|| view.url.clone()),
            status: Status::of_tenant(&tenant.state),
            stage: capitalised(tenant.stage.as_str()),
            is_production: tenant.stage == Stage::Production,
            image: tenant.image.reference.to_string(),
            owner: tenant.details.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
            storage: storage(view),
            usage,
            expires: tenant.details.expires_at.map_or_else(|| "never".to_owned(), last_day),
            made: day(tenant.created_at),
            trouble: trouble(&tenant.state, (about, now)).map(|found| Trouble {
                helps: helps(&tenant.state, &actions, about.map(|it| (seat, org, it))),
                ..found
            }),
            actions,
            progress: about.filter(|it| !it.state.is_at_rest()).map(|it| Progress::of(it, now)),
        }
    }
}

/// What ends with a day ends at the first moment of the next.
fn last_day(at: Timestamp) -> String {
    day(at - Duration::from_millis(1))
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

fn storage(view: &TenantView) -> Option<(String, Option<Share>)> {
    let (measured, _) = view.storage.as_ref()?.found.measured?;
    let total = measured.total();
    let share = view.tenant.storage.filter(|limit| limit.0 > 0);
    let share = share.map(|limit| {
        let percent = (total.0.saturating_mul(100) / limit.0).min(100);
        // From where on there is a warning (`berth_domain::storage`).
        Share { percent, class: if percent >= 80 { "f-warn" } else { "" } }
    });
    Some((size(total), share))
}

/// What can be done about a tenant that waits for somebody: the operation that failed goes on or is taken
/// back, or it is started by itself.
pub(crate) fn helps(
    state: &TenantState,
    actions: &Actions,
    failed: Option<(&Seat, &str, &OperationView)>,
) -> Vec<Actions> {
    if !matches!(state, TenantState::Broken { .. }) {
        return Vec::new();
    }
    let told = failed.map(|(seat, org, view)| Actions::of_operation(seat, org, view));
    let own = ["start", "resume"].map(|key| actions.clone().only(key));
    told.into_iter().chain(own).filter(|help| !help.choices.is_empty()).collect()
}

fn trouble(
    state: &TenantState,
    (about, now): (Option<&OperationView>, Timestamp),
) -> Option<Trouble> {
    match state {
        TenantState::Broken { since, .. } => Some(Trouble {
            shape: "error",
            headline: about.map_or_else(
                || "It is broken".to_owned(),
                |it| format!("{} failed", deed(it.kind)),
            ),
            detail: format!(
                "{}. Noticed {}. Its database and files are kept.",
                about
                    .and_then(|it| it.error.as_deref())
                    .map_or_else(|| "Nothing says why".to_owned(), capitalised),
                ago(*since, now)
            ),
            operation: about.map(|it| it.id.to_string()),
            helps: Vec::new(),
        }),
        TenantState::Drifted { since } => Some(Trouble {
            shape: "warn",
            headline: "Something that it needs is not as it should be".to_owned(),
            detail: format!("It is being put right. Noticed {}.", ago(*since, now)),
            operation: None,
            helps: Vec::new(),
        }),
        TenantState::OverLimit { since } => Some(Trouble {
            shape: "warn",
            headline: "It fills more than its storage limit".to_owned(),
            detail: format!("It goes on serving. Noticed {}.", ago(*since, now)),
            operation: None,
            helps: Vec::new(),
        }),
        _ => None,
    }
}

impl Progress {
    pub(crate) fn of(operation: &OperationView, now: Timestamp) -> Self {
        let mark = |state: &str| match state {
            "done" | "undone" => "d",
            "running" => "n",
            "failed" | "undo failed" => "e",
            _ => "",
        };
        let steps = &operation.steps;
        let done = steps.iter().filter(|step| mark(step.state) == "d").count();
        Self {
            operation: operation.id.to_string(),
            marks: steps.iter().map(|step| mark(step.state)).collect(),
            step: match steps.len() {
                0 => String::new(),
                all => format!("Step {} of {all}", (done + 1).min(all)),
            },
            text: operation.progress.as_ref().map_or_else(
                || capitalised(operation.state.as_str()),
                |(_, text)| capitalised(text),
            ),
            since: operation.started_at.map(|at| ago(at, now)).unwrap_or_default(),
        }
    }
}
