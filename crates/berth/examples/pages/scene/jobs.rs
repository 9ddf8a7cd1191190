//! What jobs in containers do: installations leave what Odoo's would, take as long, and one goes on and on; and
//! what commands there say.

use std::sync::Arc;

use berth_engine_testkit::odoo;
use berth_runtime::fake::{ExecAnswer, JobAnswer};
use berth_runtime::{ExecOutput, ExecSpec, Exit, LogLine, WorkloadSpec};
use berth_testkit::{FixedClock, postgres};
use jiff::SignedDuration;

/// The module whose installation is watched.
pub(crate) const ENDLESS: &str = "website";
/// The one whose installation fails.
pub(crate) const FAILING: &str = "hr_holidays";
/// What a database says of its orders.
const ORDERS: &str = " state  | count
--------+-------
 cancel |    14
 draft  |    37
 sale   |   412
 sent   |     9
(4 rows)
";
/// What Odoo's own jobs and mails would be in.
const MORE_TABLES: &str = "
    CREATE TABLE ir_cron (id int PRIMARY KEY, active bool, nextcall timestamp, lastcall timestamp);
    CREATE TABLE mail_mail (id int PRIMARY KEY, state text, create_date timestamp);";

/// Answers jobs, which take their time by this clock.
pub(crate) fn jobs(
    clock: Arc<FixedClock>,
) -> impl Fn(&WorkloadSpec) -> JobAnswer + Send + Sync + 'static {
    move |spec| {
        let Some(object) = spec.name.as_str().strip_suffix("-install") else {
            return odoo::job(spec);
        };
        let installs = |module: &str| spec.command.iter().any(|word| word.contains(module));
        if installs(ENDLESS) {
            return JobAnswer::Hangs { lines: said(&clock) };
        }
        clock.advance(SignedDuration::from_secs(34));
        if installs(FAILING) {
            let exit = Exit { code: 1, out_of_memory: false };
            return JobAnswer::Ends { lines: failed(&clock), exit };
        }
        let answer = odoo::job(spec);
        let sql = format!("SET ROLE \"{object}\"; {MORE_TABLES}");
        postgres::Server::shared().execute(object, &sql).unwrap();
        answer
    }
}

/// Answers commands inside containers.
pub(crate) fn commands(_: &str, spec: &ExecSpec) -> ExecAnswer {
    let is_sql = spec.command.first().is_some_and(|program| program == "psql");
    let said = is_sql.then(|| ExecOutput::Out(ORDERS.into()));
    let exit = ExecOutput::Exit(Exit { code: 0, out_of_memory: false });
    ExecAnswer::Ends(said.into_iter().chain([exit]).collect())
}

fn said(clock: &FixedClock) -> Vec<LogLine> {
    lines(
        clock,
        &[
            "INFO ? odoo: Odoo version 19.0",
            "INFO ? odoo: database: default@default:default",
            "INFO t_1 odoo.modules.loading: loading 31 modules...",
            "INFO t_1 odoo.modules.loading: Loading module web (7/31)",
            "INFO t_1 odoo.modules.loading: Module web loaded in 0.61s, 712 queries",
            "INFO t_1 odoo.modules.loading: Loading module website (24/31)",
        ],
    )
}

fn failed(clock: &FixedClock) -> Vec<LogLine> {
    lines(
        clock,
        &[
            "INFO t_1 odoo.modules.loading: loading 19 modules...",
            "INFO t_1 odoo.modules.loading: Loading module hr_holidays (17/19)",
            "CRITICAL t_1 odoo.modules.registry: Failed to load registry",
            "ValueError: External ID not found in the system: hr.group_hr_base_user",
        ],
    )
}

fn lines(clock: &FixedClock, texts: &[&str]) -> Vec<LogLine> {
    let at = berth_domain::Clock::now(clock);
    let stamp = at.strftime("%Y-%m-%d %H:%M:%S");
    let line = |text: &&str| {
        let is_message = text.contains(" odoo");
        let text = if is_message { format!("{stamp},113 7 {text}") } else { (*text).to_owned() };
        LogLine { at: Some(at), is_error: true, text }
    };
    texts.iter().map(line).collect()
}
