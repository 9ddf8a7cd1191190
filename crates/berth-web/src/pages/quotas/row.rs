//! A quota, worded and drawn.

use berth_domain::Bytes;
use berth_engine::view::QuotaView;

use crate::pages::words::size;

/// From where on a bound is nearly reached, in hundredths.
const NEARLY: u64 = 90;

/// What an owner, or the organisation, may have and has.
#[derive(Debug)]
pub(super) struct QuotaRow {
    /// `None`: the organisation.
    pub(super) owner: Option<String>,
    /// Whether it is the configured one.
    pub(super) is_default: bool,
    pub(super) bounds: Vec<Bound>,
}

/// One thing that is bounded.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) label: &'static str,
    /// `3`, `2.5 cores`.
    pub(super) used: String,
    /// `of 10`. `None`: as much as anybody likes.
    pub(super) most: Option<String>,
    /// How much that is, in hundredths, cut off at all of it, and the colour.
    pub(super) share: Option<(u64, &'static str)>,
    /// What else is known.
    pub(super) note: String,
}

impl Bound {
    fn of(
        label: &'static str,
        (used, most): (u64, Option<u64>),
        word: impl Fn(u64) -> String,
    ) -> Self {
        Self {
            label,
            used: word(used),
            most: most.map(|most| format!("of {}", word(most))),
            share: most.map(|most| share(used, most)),
            note: String::new(),
        }
    }
}

/// A bound of nothing is reached by having anything.
fn share(used: u64, most: u64) -> (u64, &'static str) {
    let percent = match used.saturating_mul(100).checked_div(most) {
        Some(percent) => percent,
        None if used == 0 => 0,
        None => 101,
    };
    let class = match percent {
        101.. => "f-err",
        NEARLY.. => "f-warn",
        _ => "",
    };
    (percent.min(100), class)
}

impl QuotaRow {
    pub(super) fn of(view: &QuotaView) -> Self {
        let QuotaView { owner, quota, is_default, used } = view;
        let bytes = |bytes: u64| size(Bytes(bytes));
        let storage = (used.storage.0, quota.storage.map(|it| it.0));
        Self {
            owner: owner.as_ref().map(ToString::to_string),
            is_default: *is_default,
            bounds: vec![
                Bound::of(
                    "Tenants",
                    (used.tenants.into(), quota.tenants.map(Into::into)),
                    |count| count.to_string(),
                ),
                Bound::of("Processor", (used.cpu_millis, quota.cpu_millis), cores),
                Bound::of("Memory", (used.memory.0, quota.memory.map(|it| it.0)), bytes),
                Bound {
                    note: format!("{} filled", size(used.stored)),
                    ..Bound::of("Storage", storage, bytes)
                },
            ],
        }
    }
}

fn cores(millis: u64) -> String {
    let rest = format!("{:03}", millis % 1000);
    match (millis / 1000, rest.trim_end_matches('0')) {
        (1, "") => "1 core".to_owned(),
        (whole, "") => format!("{whole} cores"),
        (whole, rest) => format!("{whole}.{rest} cores"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_said_as_people_say_them() {
        assert_eq!(
            [0, 1000, 2000, 500, 1250].map(cores),
            ["0 cores", "1 core", "2 cores", "0.5 cores", "1.25 cores"]
        );
    }

    #[test]
    fn a_bar_is_full_when_there_is_as_much_as_there_may_be_and_red_beyond() {
        let of = |used, most| share(used, most);

        assert_eq!([of(0, 4), of(2, 4)], [(0, ""), (50, "")]);
        assert_eq!([of(9, 10), of(4, 4)], [(90, "f-warn"), (100, "f-warn")]);
        assert_eq!([of(5, 4), of(1, 0), of(0, 0)], [(100, "f-err"), (100, "f-err"), (0, "")]);
        assert_eq!(of(u64::MAX, 1).0, 100);
    }
}
