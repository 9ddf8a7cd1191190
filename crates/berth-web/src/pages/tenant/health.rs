//! How a tenant is doing, as it was found the last time.

use berth_domain::Timestamp;
use berth_engine::view::{KnownTenant, ProbeView};

use crate::pages::words::{Status, ago, capitalised};

/// Everything that was looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Health {
    /// Where this part is read again, by scripts.
    pub(super) here: String,
    /// Soon while it is being looked at.
    pub(super) when: &'static str,
    pub(super) checked: String,
    pub(super) probes: Vec<Probe>,
    /// Why there are no more of them.
    pub(super) instead: Option<String>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Probe {
    pub(super) status: Status,
    pub(super) found: String,
}

impl Health {
    pub(super) fn of(known: &KnownTenant, base: &str, now: Timestamp) -> Self {
        let checked = match (&known.checkup, known.is_being_checked) {
            (Some(checkup), _) => format!("checked {}", ago(checkup.at, now)),
            (None, true) => "being checked".to_owned(),
            (None, false) => String::new(),
        };
        let mut probes: Vec<Probe> = Vec::new();
        if let Some(checkup) = &known.checkup {
            probes.extend(checkup.probes.iter().map(probe));
            probes.extend(checkup.problem.as_ref().map(|problem| Probe {
                status: Status::new("warn", "Container engine"),
                found: problem.clone(),
            }));
        }
        probes.extend(reconciled(known, now));
        let instead = (!known.tenant.tenant.state.is_up())
            .then(|| "It does not run, so that nobody asks it how it is.".to_owned());
        Self {
            here: format!("{base}/health"),
            when: if known.is_being_checked { "load delay:1s, every 15s" } else { "every 15s" },
            checked,
            probes,
            instead,
        }
    }
}

fn probe(view: &ProbeView) -> Probe {
    let shape = match view.status {
        "ok" => "ok",
        "warning" => "warn",
        _ => "error",
    };
    Probe { status: Status::new(shape, label(view.name)), found: view.detail.clone() }
}

/// What people call what is looked at.
fn label(name: &str) -> String {
    let known = match name {
        "http" => "Login page",
        "database" => "Database",
        "registry" => "Modules",
        "cron" => "Scheduled jobs",
        "mail" => "Mail queue",
        "filestore" => "Files",
        "pdf" => "PDF",
        other => return capitalised(other),
    };
    known.to_owned()
}

/// What the reconciler found, for as long as the tenant is its to look after.
fn reconciled(known: &KnownTenant, now: Timestamp) -> Option<Probe> {
    let seen = known.seen.as_ref()?;
    if known.tenant.operation.is_some() {
        return None;
    }
    let when = ago(seen.at, now);
    Some(match &seen.drift {
        Some(drift) => Probe {
            status: Status::new("warn", "As it should be"),
            found: format!("no: {}", drift.reason),
        },
        None => Probe {
            status: Status::new("ok", "As it should be"),
            found: format!("looked at {when}"),
        },
    })
}
