//! Logs of a tenant.

use berth_domain::access::{Place, Right};
use berth_domain::{Actor, Problems, Timestamp};
use berth_odoo::log_line::Level;
use berth_runtime::WorkloadName;
use futures_util::stream::{BoxStream, StreamExt as _};

use super::access::not_running;
use super::find_tenant;
use crate::Engine;
use crate::admission::notes;
use crate::error::EngineError;
use crate::logs::mark::AROUND;
use crate::logs::{self, Kept};
use crate::request::ReadLogs;

/// The most lines that may be asked for as the last ones.
const LONGEST_TAIL: u32 = 100_000;

impl Engine {
    /// Reads what a tenant's Odoo said, whether its container still is there or not.
    pub async fn logs(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        request: &ReadLogs,
    ) -> Result<BoxStream<'static, Result<Kept, EngineError>>, EngineError> {
        let asked = read(request, self.0.clock.now())?;
        let (organisation, tenant) = find_tenant(&self.0, actor, org, name).await?;
        self.demand(Right::Logs, Place::Organisation(organisation.id))?;
        let object = tenant.id.object_name();
        let folder = self.0.settings.paths.object(&object).logs();
        let workload = WorkloadName::tenant(&object);
        match logs::read::open(&self.0, (workload, folder), asked).await? {
            Some(lines) => Ok(lines.boxed()),
            None => Err(not_running(&tenant)),
        }
    }
}

impl Engine {
    /// Says what is wrong with what somebody asks for, before anything is read.
    pub fn check_logs(&self, request: &ReadLogs) -> Result<(), EngineError> {
        read(request, self.0.clock.now()).map(drop)
    }
}

/// What somebody asked for, checked.
fn read(request: &ReadLogs, now: Timestamp) -> Result<logs::read::Asked, EngineError> {
    let ReadLogs { tail, follow, since, until, search, level, previous, seen } = request;
    let mut problems = Problems::default();
    let mut time = |field, text: &Option<String>| {
        text.as_ref().and_then(|text| problems.check(field, notes::past(text, now)))
    };
    let (since, until) = (time("since", since), time("until", until));
    let level = level.as_ref().and_then(|text| problems.check("level", text.parse::<Level>()));
    if tail.is_some_and(|tail| tail > LONGEST_TAIL) {
        problems.add_with_hint(
            "tail",
            format!("at most {LONGEST_TAIL} lines can be the last ones"),
            "leave it out to get all of them, or say since when",
        );
    }
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        problems.add("until", "it ends before it begins");
    }
    if *follow && (*previous || until.is_some()) {
        problems.add("follow", "what is past says nothing more");
    }
    if !problems.is_empty() {
        return Err(EngineError::Invalid(problems));
    }
    Ok(logs::read::Asked {
        tail: tail.map(|tail| tail as usize).filter(|_| seen.is_none()),
        follow: *follow,
        since: seen.map_or(since, |seen| seen.at.checked_sub(AROUND).ok()),
        until,
        search: search.clone().filter(|text| !text.is_empty()),
        level,
        previous: *previous,
        seen: *seen,
    })
}
