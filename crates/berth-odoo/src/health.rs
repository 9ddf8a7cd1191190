//! Whether a tenant is well, judged from its database, its filestore and its image.
//!
//! Each probe is a statement and a judgement of its rows; asking is the caller's. Whether Odoo answers
//! HTTP is the caller's, too.

mod blobs;

use std::fmt;
use std::time::Duration;

use berth_domain::{ObjectName, Param, Statement};

use crate::probe::Capabilities;
use crate::schema::Schema;
use crate::{Row, cell, number};

pub use blobs::{blobs, blobs_statement};

/// One judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// `registry`, `cron`, `mail`, `filestore`, `pdf`.
    pub name: &'static str,
    pub status: Status,
    /// One sentence for people.
    pub detail: String,
}

/// How well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Ok,
    Warning,
    Failed,
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn probe(name: &'static str, status: Status, detail: impl Into<String>) -> Probe {
    Probe { name, status, detail: detail.into() }
}

/// Counts modules by what became of them.
#[must_use]
pub fn registry_statement() -> Statement {
    Statement::new(
        "SELECT coalesce(max(state) FILTER (WHERE name = 'base'), 'absent')::text,
                (count(*) FILTER (WHERE state = 'installed'))::text,
                (count(*) FILTER (WHERE state LIKE 'to %'))::text
           FROM public.ir_module_module",
        Vec::new(),
    )
}

/// Judges the rows of [`registry_statement`].
#[must_use]
pub fn registry(rows: &[Row]) -> Probe {
    let name = "registry";
    let Some(row) = rows.first() else {
        return probe(name, Status::Failed, "Odoo is not installed in the database");
    };
    let base = cell(row, 0).unwrap_or("absent");
    let (installed, pending) = (number(row, 1), number(row, 2));
    if base != "installed" {
        return probe(name, Status::Failed, format!("the module `base` is {base}"));
    }
    if pending > 0 {
        let detail = format!("{pending} modules wait to be installed, upgraded or removed");
        return probe(name, Status::Warning, detail);
    }
    probe(name, Status::Ok, format!("{installed} modules are installed"))
}

/// A job this late is overdue (bemade's cron liveness probe uses the same ten minutes).
const CRON_LATE: Duration = Duration::from_mins(10);
/// A tenant that has just started catches up first.
const CRON_WARM_UP: Duration = Duration::from_mins(5);

/// Asks for overdue jobs, for the last job that ran, and for queries that the tenant is running now.
#[must_use]
pub fn cron_statement(role: &ObjectName) -> Statement {
    Statement::new(
        "SELECT (count(*) FILTER (WHERE active AND nextcall < now() AT TIME ZONE 'UTC' - interval '10 minutes'))::text,
                coalesce(extract(epoch FROM now() AT TIME ZONE 'UTC' - min(nextcall) FILTER (WHERE active))::bigint, 0)::text,
                extract(epoch FROM now() AT TIME ZONE 'UTC' - max(lastcall))::bigint::text,
                (SELECT count(*)
                   FROM pg_catalog.pg_stat_activity
                  WHERE usename = $1 AND state = 'active' AND pid <> pg_catalog.pg_backend_pid())::text
           FROM public.ir_cron",
        vec![Param::text(role.as_str())],
    )
}

/// Judges the rows of [`cron_statement`]. `uptime` is how long the tenant's Odoo has been running.
///
/// It fails only when jobs are overdue *and* none ran for ten minutes *and* nothing is running:
/// a long job is not a dead scheduler.
#[must_use]
pub fn cron(rows: &[Row], uptime: Duration) -> Probe {
    let name = "cron";
    let Some(row) = rows.first() else {
        return probe(name, Status::Warning, "there are no scheduled jobs");
    };
    let overdue = number(row, 0);
    if overdue == 0 {
        return probe(name, Status::Ok, "no job is overdue");
    }
    let late = Duration::from_secs(number(row, 1).unsigned_abs());
    let detail =
        format!("{overdue} jobs are overdue, the oldest by {} minutes", late.as_secs() / 60);
    let late_seconds = i64::try_from(CRON_LATE.as_secs()).unwrap_or(i64::MAX);
    let ran_lately = cell(row, 2).is_some() && number(row, 2) < late_seconds;
    let is_busy = number(row, 3) > 0;
    if ran_lately || is_busy || uptime < CRON_WARM_UP {
        return probe(name, Status::Warning, detail);
    }
    probe(name, Status::Failed, format!("{detail}, and none has run for ten minutes"))
}

/// Asks for mails that wait and for mails that failed. `None`: the module `mail` is not installed.
#[must_use]
pub fn mail_statement(schema: &Schema) -> Option<Statement> {
    let sql = "SELECT (count(*) FILTER (WHERE state = 'outgoing'))::text,
                      coalesce(extract(epoch FROM now() AT TIME ZONE 'UTC' - min(create_date) FILTER (WHERE state = 'outgoing'))::bigint, 0)::text,
                      (count(*) FILTER (WHERE state = 'exception'))::text
                 FROM public.mail_mail";
    schema.has_table("mail_mail").then(|| Statement::new(sql, Vec::new()))
}

/// Judges the rows of [`mail_statement`].
#[must_use]
pub fn mail(rows: &[Row]) -> Probe {
    const OLD_SECONDS: i64 = 3600;
    let name = "mail";
    let Some(row) = rows.first() else {
        return probe(name, Status::Ok, "the module `mail` is not installed");
    };
    let (waiting, oldest, failed) = (number(row, 0), number(row, 1), number(row, 2));
    if waiting > 0 && oldest > OLD_SECONDS {
        let detail = format!("{waiting} mails wait, the oldest for {} minutes", oldest / 60);
        return probe(name, Status::Warning, detail);
    }
    if failed > 0 {
        return probe(name, Status::Warning, format!("{failed} mails could not be sent"));
    }
    probe(name, Status::Ok, format!("{waiting} mails wait"))
}

/// Judges whether the image can make PDF.
#[must_use]
pub fn pdf(capabilities: &Capabilities) -> Probe {
    let name = "pdf";
    match &capabilities.wkhtmltopdf {
        None => probe(name, Status::Warning, "the image has no wkhtmltopdf: reports come as HTML"),
        Some(found) if !found.patched => probe(
            name,
            Status::Warning,
            format!(
                "wkhtmltopdf {} is built without the patched Qt: no headers and footers",
                found.version
            ),
        ),
        Some(found) => probe(name, Status::Ok, format!("wkhtmltopdf {}", found.version)),
    }
}

#[cfg(test)]
mod tests;
