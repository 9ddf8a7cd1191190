//! What is typed into the form of a schedule.

use std::time::Duration;

use berth_domain::schedule::{Schedule, Targets};
use berth_engine::request::{CreateSchedule, SetSchedule};
use serde::Deserialize;

use crate::pages::form::{filled, listed};

/// The fields, as they are sent. An empty one asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::pages) struct Typed {
    pub(super) name: String,
    pub(super) action: String,
    pub(super) tenants: String,
    pub(super) tag: String,
    pub(super) cron: String,
    pub(super) zone: String,
    pub(super) catch_up: String,
}

/// The fields about which something may be said.
pub(super) const FIELDS: [&str; 7] =
    ["name", "action", "tenants", "tag", "cron", "zone", "catch_up"];

impl Typed {
    /// What stands in the form of a schedule that is there.
    pub(super) fn of(schedule: &Schedule) -> Self {
        let (tenants, tag) = match &schedule.targets {
            Targets::Tenants(all) => {
                (all.iter().map(|it| it.name.to_string()).collect::<Vec<_>>().join(", "), None)
            }
            Targets::Tag(tag) => (String::new(), Some(tag.to_string())),
        };
        Self {
            name: schedule.name.to_string(),
            action: schedule.action.to_string(),
            tenants,
            tag: tag.unwrap_or_default(),
            cron: schedule.cron.to_string(),
            zone: schedule.zone.to_string(),
            catch_up: late(schedule.catch_up),
        }
    }

    /// What was typed into a field.
    pub(super) fn field(&self, name: &str) -> &str {
        match name {
            "name" => &self.name,
            "action" => &self.action,
            "tenants" => &self.tenants,
            "tag" => &self.tag,
            "cron" => &self.cron,
            "zone" => &self.zone,
            _ => &self.catch_up,
        }
    }

    /// What is asked for as a new one.
    pub(in crate::pages) fn create(&self) -> CreateSchedule {
        CreateSchedule {
            name: self.name.trim().to_owned(),
            action: self.action.clone(),
            tenants: listed(&self.tenants),
            tag: text(&self.tag),
            cron: self.cron.trim().to_owned(),
            zone: text(&self.zone),
            catch_up: text(&self.catch_up),
        }
    }

    /// What is asked for of one that is there. Whom it is about is left out where it stays: a tenant that
    /// is gone has no name that could be asked for.
    pub(super) fn set(&self, before: &Self) -> SetSchedule {
        let is_same = (&self.tenants, &self.tag) == (&before.tenants, &before.tag);
        let tag = text(&self.tag).filter(|_| !is_same);
        let named = listed(&self.tenants);
        let tenants = Some(named).filter(|named| !is_same && (tag.is_none() || !named.is_empty()));
        SetSchedule {
            action: Some(self.action.clone()),
            tenants,
            tag,
            cron: Some(self.cron.trim().to_owned()),
            zone: text(&self.zone),
            catch_up: text(&self.catch_up),
            paused: None,
        }
    }
}

fn text(text: &str) -> Option<String> {
    filled(Some(text.to_owned()))
}

/// How late something is made up for, as it is typed.
fn late(span: Duration) -> String {
    match span.as_secs() {
        0 => "never".to_owned(),
        seconds if seconds % 86_400 == 0 => format!("{}d", seconds / 86_400),
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

/// The same for people.
pub(super) fn late_in_words(span: Duration) -> String {
    if span.is_zero() { "Never".to_owned() } else { format!("Up to {} late", late(span)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_it_is_about_is_asked_for_only_when_it_is_somebody_else() {
        let before = Typed { tenants: "acme, gone".to_owned(), ..Typed::default() };
        let of = |tenants: &str, tag: &str| {
            let (tenants, tag) = (tenants.to_owned(), tag.to_owned());
            let set = Typed { tenants, tag, ..Typed::default() }.set(&before);
            (set.tenants, set.tag)
        };

        assert_eq!(of("acme, gone", ""), (None, None));
        assert_eq!(of("acme bolt", ""), (Some(vec!["acme".to_owned(), "bolt".to_owned()]), None));
        assert_eq!(of("", "eu"), (None, Some("eu".to_owned())));
        assert_eq!(of("acme", "eu"), (Some(vec!["acme".to_owned()]), Some("eu".to_owned())));
        assert_eq!(of("", ""), (Some(Vec::new()), None));
    }

    #[test]
    fn how_late_is_typed_in_the_largest_unit_that_fits() {
        let of = |seconds| late(Duration::from_secs(seconds));

        assert_eq!(
            [of(0), of(90), of(5400), of(7200), of(172_800)],
            ["never", "90s", "90m", "2h", "2d"]
        );
    }
}
