//! What the address of a log says: which lines.

use berth_domain::Timestamp;
use berth_engine::request::ReadLogs;
use serde::Deserialize;

use crate::pages::fleet::Choice;
use crate::pages::form::filled;
use crate::pages::link::link;

/// How many lines are shown when nobody says.
const TAIL: u32 = 300;
const TAILS: [(&str, u32); 4] = [("100", 100), ("300", TAIL), ("1000", 1000), ("5000", 5000)];
const LEVELS: [(&str, &str); 4] =
    [("", "All"), ("info", "Info"), ("warning", "Warning"), ("error", "Error")];

/// As the address has it. An empty field of a form is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    search: Option<String>,
    level: Option<String>,
    since: Option<String>,
    tail: Option<String>,
    /// `before`: what the container before this one said.
    container: Option<String>,
    /// The time of the last line that is shown already.
    after: Option<String>,
}

impl Query {
    /// The last lines that are wanted.
    pub(super) fn last(&self) -> ReadLogs {
        ReadLogs { tail: Some(self.tail()), ..self.all() }
    }

    /// All of them.
    pub(super) fn all(&self) -> ReadLogs {
        ReadLogs {
            tail: None,
            follow: false,
            since: filled(self.since.clone()),
            until: None,
            search: filled(self.search.clone()),
            level: filled(self.level.clone()),
            previous: self.is_previous(),
            seen: None,
        }
    }

    /// What comes after the last line that somebody has seen.
    pub(super) fn after(&self, seen: Option<&str>) -> ReadLogs {
        let seen = seen.map(str::to_owned).filter(|seen| seen.parse::<Timestamp>().is_ok());
        let after = seen.or_else(|| filled(self.after.clone()));
        let since = after.or_else(|| filled(self.since.clone()));
        ReadLogs { follow: true, since, previous: false, ..self.all() }
    }

    fn tail(&self) -> u32 {
        let wanted = self.tail.as_deref().unwrap_or_default();
        TAILS.iter().find(|(value, _)| *value == wanted).map_or(TAIL, |(_, tail)| *tail)
    }

    pub(super) fn search(&self) -> &str {
        self.search.as_deref().unwrap_or_default().trim()
    }

    pub(super) fn since(&self) -> &str {
        self.since.as_deref().unwrap_or_default().trim()
    }

    pub(super) fn is_previous(&self) -> bool {
        self.container.as_deref() == Some("before")
    }

    /// Whether only some of the lines are wanted.
    pub(super) fn is_narrowed(&self) -> bool {
        let all = [&self.search, &self.level, &self.since];
        self.is_previous()
            || all.into_iter().any(|field| field.as_deref().is_some_and(|text| !text.is_empty()))
    }

    pub(super) fn levels(&self) -> Vec<Choice> {
        let chosen = self.level.as_deref().unwrap_or_default();
        let of = |(value, label): (&'static str, &str)| Choice {
            value,
            label: label.to_owned(),
            is_chosen: chosen == value,
        };
        LEVELS.into_iter().map(of).collect()
    }

    pub(super) fn tails(&self) -> Vec<Choice> {
        let of = |(value, tail): (&'static str, u32)| Choice {
            value,
            label: format!("Last {value}"),
            is_chosen: self.tail() == tail,
        };
        TAILS.into_iter().map(of).collect()
    }

    /// The same lines elsewhere, and only those after a time.
    pub(super) fn link(&self, path: &str, after: Option<Timestamp>) -> String {
        let after = after.map(|at| at.to_string());
        let fields = [
            ("search", self.search.as_deref()),
            ("level", self.level.as_deref()),
            ("since", self.since.as_deref()),
            ("container", self.container.as_deref()),
            ("after", after.as_deref()),
        ];
        link(path, fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        serde_urlencoded::from_str(text).unwrap()
    }

    #[test]
    fn empty_fields_of_a_form_narrow_nothing() {
        let query = query("search=&level=&since=&tail=1000&container=");

        assert!(!query.is_narrowed());
        assert_eq!(query.last(), ReadLogs { tail: Some(1000), ..ReadLogs::default() });
        assert_eq!(query.link("/logs/file", None), "/logs/file");
    }

    #[test]
    fn what_a_browser_has_seen_last_wins() {
        let query = query("level=error&since=2h&after=2026-05-04T10:00:00Z");
        let since = |seen: Option<&str>| query.after(seen).since;

        assert_eq!(since(None).as_deref(), Some("2026-05-04T10:00:00Z"));
        assert_eq!(since(Some("2026-05-04T11:00:00Z")).as_deref(), Some("2026-05-04T11:00:00Z"));
        assert_eq!(since(Some("\u{1b}")).as_deref(), Some("2026-05-04T10:00:00Z"));
        let request = query.after(None);
        assert!(request.follow && request.tail.is_none() && !request.previous);
    }

    #[test]
    fn a_link_has_all_of_it() {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let query = query("search=a%26b&level=error&container=before&tail=100");

        assert_eq!(
            query.link("/live", Some(at)),
            "/live?search=a%26b&level=error&container=before&after=2027-01-15T08%3A00%3A00Z"
        );
        assert!(query.is_previous() && query.is_narrowed());
    }
}
