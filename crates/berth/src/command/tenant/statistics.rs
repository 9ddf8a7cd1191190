//! `berth tenant statistics`

mod figure;

use std::io::IsTerminal as _;

use berth_api::v1 as api;
use berth_domain::TenantName;

use crate::client::Call;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;
use figure::Figure;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// How far back: 1h, 24h or 7d
    #[arg(long, value_name = "RANGE", default_value = "24h")]
    range: String,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let call =
        Call::get(session.client.tenant(&args.name, "/statistics")).ask("range", Some(&args.range));
    let statistics: api::TenantStatistics = session.client.call(call).await?;
    let printer = session.printer;
    if printer.is_json() {
        printer.json(&statistics)?;
    } else if statistics.samples.is_empty() {
        printer.talk(&format!("nothing is known of {} for {}", args.name, statistics.range));
        printer.hint("a tenant is looked at once a minute while it runs");
    } else {
        printer.data(&text(&statistics, std::io::stdout().is_terminal()))?;
    }
    Ok(Exit::Success)
}

/// A line for each figure; with a curve where somebody looks at it.
fn text(statistics: &api::TenantStatistics, has_curves: bool) -> String {
    let mut headings = vec!["figure", "min", "median", "max", "last", "limit"];
    if has_curves {
        headings.push("curve");
    }
    let rows = Figure::ALL.iter().map(|figure| {
        let mut row = figure.row(statistics);
        if has_curves {
            row.push(figure.curve(statistics));
        }
        row
    });
    let (from, until) = (table::time(statistics.from), table::time(statistics.until));
    format!("{}\n\n{from} to {until}", table::list(&headings, rows))
}

#[cfg(test)]
mod tests {
    use berth_api::v1::examples;

    use super::*;

    #[test]
    fn each_figure_is_one_line() {
        let statistics = examples::tenant_statistics();

        insta::assert_snapshot!(text(&statistics, false), @"
        FIGURE    MIN         MEDIAN      MAX         LAST        LIMIT
        cpu       0.15 cores  0.16 cores  0.16 cores  0.16 cores  2.00 cores
        memory    412 MiB     412 MiB     412 MiB     412 MiB     2 GiB
        requests  0.51/s      0.51/s      0.51/s      0.51/s      -
        p95       180 ms      180 ms      180 ms      180 ms      -
        database  58 MiB      58 MiB      58 MiB      58 MiB      -

        2026-09-21T13:15:20Z to 2026-09-21T14:15:20Z
        ");
        let curves = text(&statistics, true);
        assert!(curves.lines().next().unwrap().ends_with("CURVE"), "{curves}");
    }

    #[test]
    fn what_nobody_knows_is_a_dash() {
        let mut statistics = examples::tenant_statistics();
        statistics.samples.truncate(1);

        let text = text(&statistics, true);

        assert!(text.lines().any(|line| line.starts_with("cpu       -")), "{text}");
    }
}
