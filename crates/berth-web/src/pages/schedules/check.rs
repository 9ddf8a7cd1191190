//! What is said of the form of a schedule while somebody types.

use askama::Template;
use berth_domain::{Cron, TimeZoneName, Timestamp};
use berth_engine::EngineError;
use berth_engine::view::PlanView;
use jiff::tz::TimeZone;

use super::row::when;
use super::typed::{FIELDS, Typed};
use crate::error::ApiError;
use crate::pages::said::Said;
use crate::pages::words::capitalised;

/// How many of the next times are said.
const NEXT: usize = 3;

/// What is wrong with what was typed, and when it would come.
#[derive(Debug, Default, Template)]
#[template(path = "parts/schedule_answer.html")]
pub(super) struct Answer {
    pub(super) said: Said,
    pub(super) times: Option<Times>,
    pub(super) button: String,
    /// Where the form is looked at.
    pub(super) check: String,
}

/// When an expression comes next.
#[derive(Debug)]
pub(super) struct Times {
    /// `Every day at 03:30`.
    pub(super) words: String,
    pub(super) zone: String,
    /// Universal time, and what clocks show in the zone, where that is another.
    pub(super) next: Vec<(String, String)>,
}

impl Times {
    /// Reads what was typed; what cannot be read comes never.
    pub(super) fn of(typed: &Typed, default: &str, now: Timestamp) -> Option<Self> {
        let cron: Cron = typed.cron.trim().parse().ok()?;
        let zone = Some(typed.zone.trim()).filter(|zone| !zone.is_empty()).unwrap_or(default);
        let name: TimeZoneName = zone.parse().ok()?;
        let zone = TimeZone::get(name.as_str()).ok()?;
        let next = cron.upcoming(now, &zone, NEXT).into_iter();
        Some(Self {
            words: capitalised(&cron.describe()),
            zone: name.to_string(),
            next: next.map(|at| (when(at), there(at, &zone))).collect(),
        })
    }
}

/// What clocks show in a zone then. Empty: the same as everywhere, which is universal time.
pub(super) fn there(at: Timestamp, zone: &TimeZone) -> String {
    let there = at.to_zoned(zone.clone());
    let is_other = there.offset().seconds() != 0;
    if is_other { there.strftime("%H:%M %Z").to_string() } else { String::new() }
}

impl Answer {
    /// The fields, with what is said of each.
    pub(super) fn fields(&self) -> Vec<(&'static str, Option<&str>)> {
        FIELDS.iter().map(|field| (*field, self.said.at(field))).collect()
    }
}

/// What a look of the engine says of the form. What nobody typed anything into yet is not wrong yet.
pub(super) fn so_far(
    looked: Result<PlanView, EngineError>,
    typed: &Typed,
) -> Result<Said, ApiError> {
    let Err(error) = looked else { return Ok(Said::default()) };
    let mut said = of_failure(error)?;
    said.fields.retain(|(field, _)| !typed.field(field).is_empty());
    Ok(said)
}

/// What a failure says of the form.
pub(super) fn of_failure(error: EngineError) -> Result<Said, ApiError> {
    if let EngineError::NameTaken { message, .. } = &error {
        let said = format!("{}.", capitalised(message));
        return Ok(Said { whole: None, fields: vec![("name".to_owned(), said)] });
    }
    let mut said = Said::of(error)?;
    for (_, text) in &mut said.fields {
        *text = capitalised(text);
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cron: &str, zone: &str) -> Option<Times> {
        let typed = Typed { cron: cron.to_owned(), zone: zone.to_owned(), ..Typed::default() };
        Times::of(&typed, "UTC", "2026-11-30T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn an_expression_is_told_in_words_and_in_universal_time() {
        let times = of("30 3 * * MON-FRI", "Europe/Brussels").unwrap();

        assert_eq!(times.words, "At 03:30 on Monday to Friday");
        let next: Vec<String> =
            times.next.iter().map(|(utc, local)| format!("{utc} {local}")).collect();
        assert_eq!(
            next,
            [
                "Tue 1 Dec 2026 02:30 03:30 CET",
                "Wed 2 Dec 2026 02:30 03:30 CET",
                "Thu 3 Dec 2026 02:30 03:30 CET"
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_comes_never_and_the_zone_of_the_installation_is_the_default() {
        assert!(of("every night", "").is_none());
        assert!(of("@daily", "Nowhere/At_All").is_none());
        assert_eq!(of("@daily", " ").unwrap().zone, "UTC");
        assert_eq!(
            of("@daily", "").unwrap().next[0],
            ("Tue 1 Dec 2026 00:00".to_owned(), String::new())
        );
    }
}
