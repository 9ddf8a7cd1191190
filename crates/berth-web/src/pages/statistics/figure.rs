//! One figure of a tenant over time, worded and drawn.

use berth_domain::Bytes;
use berth_domain::statistics::{Range, Sample};
use berth_engine::view::StatisticsView;

use crate::pages::chart::{Curve, Frame, PLOT, Point, scale};

/// A curve and what is said beside it.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) label: &'static str,
    /// `limit 4 cores`, `most 41/s`.
    pub(crate) aside: String,
    /// How it is now: the number and what is counted.
    pub(crate) value: String,
    pub(crate) unit: &'static str,
    pub(crate) curve: Curve,
    /// How far down the limit is, where it is in sight.
    pub(crate) limit: Option<String>,
    /// Times below the curve.
    pub(crate) axis: Vec<String>,
    /// The same for whoever does not see the curve.
    pub(crate) told: String,
}

/// What is drawn of a tenant: how it is read from a sample, and how it is said.
struct Kind {
    label: &'static str,
    of: fn(&Sample) -> Option<u64>,
    said: fn(u64) -> (String, &'static str),
    limit: Option<u64>,
    /// What stands beside the name, of the known figures.
    aside: fn(&Known) -> String,
}

/// What is known of a figure.
struct Known {
    least: u64,
    most: u64,
    first: u64,
    last: u64,
    sum: u64,
    limit: Option<u64>,
}

/// Everything that is drawn of a tenant.
pub(super) fn all(view: &StatisticsView) -> Vec<Figure> {
    kinds(view).iter().map(|kind| Figure::of(kind, view)).collect()
}

fn kinds(view: &StatisticsView) -> [Kind; 6] {
    [
        Kind {
            label: "CPU",
            of: |sample| sample.cpu_millis,
            said: cores,
            limit: Some(view.limits.cpu_millis.into()),
            aside: |known| limited(known, cores),
        },
        Kind {
            label: "Memory",
            of: |sample| sample.memory.map(|bytes| bytes.0),
            said: bytes,
            limit: Some(view.limits.memory.0),
            aside: |known| limited(known, bytes),
        },
        Kind {
            label: "Requests",
            of: Sample::requests_per_1000_seconds,
            said: per_second,
            limit: None,
            aside: |known| format!("most {}/s", per_second(known.most).0),
        },
        Kind {
            label: "p95 latency",
            of: |sample| u64::try_from(sample.p95()?.as_millis()).ok(),
            said: milliseconds,
            limit: None,
            aside: |known| format!("most {}", joined(milliseconds(known.most))),
        },
        Kind {
            label: "Failed requests",
            of: |sample| (sample.seconds > 0).then_some(sample.requests.failed),
            said: |failed| (failed.to_string(), ""),
            limit: None,
            aside: |known| format!("{} in all", known.sum),
        },
        Kind {
            label: "Database",
            of: |sample| sample.database.map(|bytes| bytes.0),
            said: bytes,
            limit: None,
            aside: |known| grown(known.first, known.last),
        },
    ]
}

impl Figure {
    fn of(kind: &Kind, view: &StatisticsView) -> Self {
        let points: Vec<Point> =
            view.samples.iter().map(|sample| (sample.at.as_second(), (kind.of)(sample))).collect();
        let step = view.range.step().seconds();
        let frame = Frame { from: view.from.as_second(), until: view.until.as_second(), step };
        let known = Known::of(&points, kind.limit);
        let most = known.as_ref().map_or(0, |known| known.most);
        let (top, limit) = scale(most, kind.limit);
        let is_now = |at: i64| (frame.until - at) * 2 <= step * 5;
        let now = points.iter().rev().find(|(at, value)| value.is_some() && is_now(*at));
        let (value, unit) =
            now.and_then(|(_, value)| *value).map_or(("–".to_owned(), ""), kind.said);
        Self {
            label: kind.label,
            aside: known.as_ref().map(kind.aside).unwrap_or_default(),
            value,
            unit,
            curve: Curve::of(&points, frame, (PLOT, top)),
            limit,
            axis: axis(view),
            told: told(known.as_ref(), kind.said),
        }
    }
}

impl Known {
    fn of(points: &[Point], limit: Option<u64>) -> Option<Self> {
        let mut known = points.iter().filter_map(|(_, value)| *value);
        let first = known.next()?;
        let begun = Self { least: first, most: first, first, last: first, sum: first, limit };
        Some(known.fold(begun, |known, value| Self {
            least: known.least.min(value),
            most: known.most.max(value),
            last: value,
            sum: known.sum.saturating_add(value),
            ..known
        }))
    }
}

fn told(known: Option<&Known>, said: fn(u64) -> (String, &'static str)) -> String {
    known.map_or_else(
        || "Nothing is known of this time.".to_owned(),
        |Known { least, most, last, .. }| {
            let [lowest, highest, last] = [*least, *most, *last].map(|value| joined(said(value)));
            format!("Least {lowest}, most {highest}, last {last}.")
        },
    )
}

/// The times at the ends and at a third and two thirds of what is shown.
fn axis(view: &StatisticsView) -> Vec<String> {
    let form = match view.range {
        Range::Hour | Range::Day => "%H:%M",
        Range::Week => "%-d %b",
    };
    let third = view.range.span() / 3;
    let times = [view.from, view.from + third, view.from + third * 2];
    let mut axis: Vec<String> = times.map(|at| at.strftime(form).to_string()).into();
    axis.push("now".to_owned());
    axis
}

fn limited(known: &Known, said: fn(u64) -> (String, &'static str)) -> String {
    known.limit.map(|limit| format!("limit {}", joined(said(limit)))).unwrap_or_default()
}

fn joined((value, unit): (String, &str)) -> String {
    if unit.is_empty() { value } else { format!("{value} {unit}") }
}

/// `0.25 cores`.
fn cores(millis: u64) -> (String, &'static str) {
    (hundredths(millis), if millis == 1000 { "core" } else { "cores" })
}

fn per_second(thousandths: u64) -> (String, &'static str) {
    (hundredths(thousandths), "per second")
}

fn milliseconds(value: u64) -> (String, &'static str) {
    (value.to_string(), "ms")
}

/// `4.6 GiB`, the unit by itself.
fn bytes(value: u64) -> (String, &'static str) {
    let text = Bytes(value).to_string();
    let unit = ["GiB", "MiB", "KiB", "B"].into_iter().find(|unit| text.ends_with(unit));
    let unit = unit.unwrap_or_default();
    (text.trim_end_matches(unit).trim_end().to_owned(), unit)
}

/// What a database became larger or smaller by.
fn grown(first: u64, last: u64) -> String {
    let size = |bytes: u64| Bytes(bytes).to_string();
    match (last.checked_sub(first), first.checked_sub(last)) {
        (Some(0), _) => "unchanged".to_owned(),
        (Some(more), _) => format!("+{}", size(more)),
        (None, less) => format!("−{}", size(less.unwrap_or_default())),
    }
}

/// Thousandths as `1.25`, without zeros at the end.
fn hundredths(thousandths: u64) -> String {
    let text = format!("{}.{:02}", thousandths / 1000, thousandths % 1000 / 10);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
