//! The figures above the fleet.

use berth_engine::view::{Overview, StateName};

use crate::pages::words::Status;

/// Figures that matter.
#[derive(Debug, Clone)]
pub(crate) struct Strip {
    pub(crate) total: u64,
    /// Shares of a bar: where each begins and how wide it is, in hundredths, and its colour.
    pub(crate) bar: Vec<(String, String, &'static str)>,
    pub(crate) legend: Vec<Status>,
    pub(crate) at_work: u64,
    pub(crate) waiting: u64,
    pub(crate) attention: u64,
}

impl Strip {
    pub(crate) fn of(overview: &Overview) -> Self {
        let count = |states: &[StateName]| -> u64 {
            states.iter().filter_map(|state| overview.tenants.get(state)).sum()
        };
        let total: u64 = overview.tenants.values().sum();
        let attention = count(&[StateName::Broken, StateName::Drifted, StateName::OverLimit]);
        let groups = [
            ("ok", "f-ok", count(&[StateName::Running]), "running"),
            (
                "idle",
                "f-idle",
                count(&[
                    StateName::Stopped,
                    StateName::Suspended,
                    StateName::Archived,
                    StateName::Deleted,
                ]),
                "at rest",
            ),
            (
                "running",
                "f-soft",
                count(&[StateName::Provisioning, StateName::Changing, StateName::Deleting]),
                "at work",
            ),
            ("error", "f-err", attention, "need attention"),
        ];
        let mut bar = Vec::new();
        let mut begin = 0;
        for (_, class, size, _) in groups.iter().filter(|(_, _, size, _)| *size > 0) {
            bar.push((percent(begin, total), percent(*size, total), *class));
            begin += size;
        }
        let legend = groups.iter().filter(|(_, _, size, _)| *size > 0);
        let legend =
            legend.map(|(shape, _, size, word)| Status::new(shape, format!("{size} {word}")));
        Self {
            total,
            bar,
            legend: legend.collect(),
            at_work: overview.at_work,
            waiting: overview.waiting,
            attention,
        }
    }
}

/// `33.3%`.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (part * 1000).checked_div(whole).unwrap_or_default();
    format!("{}.{}%", tenths / 10, tenths % 10)
}
