//! The containers of a tenant, as they were seen last.

use berth_domain::{TenantState, Timestamp};
use berth_engine::view::KnownTenant;

use crate::pages::words::{Status, ago, capitalised, moment};

/// A container.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) image: String,
    /// When it was started, or nothing while it does not run.
    pub(super) since: String,
    /// How often Berth started it again lately because it had ended by itself.
    pub(super) restarts: u32,
    pub(super) last_restart: String,
    pub(super) seen: String,
}

impl Container {
    /// `None`: nobody looked at it yet.
    pub(super) fn of(known: &KnownTenant, now: Timestamp) -> Option<Self> {
        let tenant = &known.tenant.tenant;
        let checkup = known.checkup.as_ref().filter(|checkup| checkup.problem.is_none());
        let seen = known.seen.as_ref();
        let (words, at) = match (checkup, seen) {
            (Some(checkup), _) => {
                let words = checkup.container.as_ref().map(|it| it.state.clone());
                (words.unwrap_or_else(|| "missing".to_owned()), checkup.at)
            }
            (None, Some(seen)) => (seen.container.clone(), seen.at),
            (None, None) => return None,
        };
        let container = checkup.and_then(|checkup| checkup.container.as_ref());
        let started = container.filter(|it| it.is_running).and_then(|it| it.started_at);
        let image = container.map_or(&tenant.image.digest, |it| &it.image);
        let restarts = seen.map_or(0, |seen| seen.restarts);
        let last = seen.and_then(|seen| seen.restarted_at).filter(|_| restarts > 0);
        Some(Self {
            name: tenant.id.object_name().to_string(),
            status: Status::new(shape(&words, &tenant.state), capitalised(&words)),
            image: image.short().to_owned(),
            since: started
                .map(|at| format!("{}, {}", moment(at), ago(at, now)))
                .unwrap_or_default(),
            restarts,
            last_restart: last.map(|at| ago(at, now)).unwrap_or_default(),
            seen: format!("seen {}", ago(at, now)),
        })
    }
}

/// What is right depends on what the tenant is to be.
fn shape(words: &str, state: &TenantState) -> &'static str {
    match words {
        "running" => "ok",
        "created" => "pending",
        "unknown" => "idle",
        _ if state.is_up() => "error",
        _ => "idle",
    }
}
