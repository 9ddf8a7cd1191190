//! Which modules the address asks for.

use berth_engine::request::ListModules;
use serde::Deserialize;

use crate::pages::fleet::Choice;
use crate::pages::form::filled;
use crate::pages::link::link;

/// How many modules a page has.
const PAGE: u32 = 100;
/// What can be looked at: as it is spelled, how it is called, and what the engine calls it.
const WANTED: [(&str, &str, Option<&str>); 4] = [
    ("installed", "Installed", Some("installed")),
    ("outdated", "Outdated", Some("outdated")),
    ("not_installed", "Not installed", Some("not_installed")),
    ("all", "All", None),
];

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    text: Option<String>,
    /// `None`: what is installed.
    state: Option<String>,
    after: Option<String>,
}

impl Query {
    pub(super) fn request(&self) -> ListModules {
        let state = match filled(self.state.clone()) {
            None => WANTED[0].2.map(str::to_owned),
            Some(text) => match WANTED.iter().find(|(value, ..)| *value == text) {
                Some((_, _, state)) => state.map(str::to_owned),
                // The engine says which there are.
                None => Some(text),
            },
        };
        ListModules {
            state,
            text: filled(self.text.clone()),
            after: filled(self.after.clone()),
            limit: Some(PAGE),
        }
    }

    pub(super) fn wanted(&self) -> Vec<Choice> {
        let chosen = filled(self.state.clone()).unwrap_or_else(|| WANTED[0].0.to_owned());
        let choice = |(value, label, _): (&'static str, &'static str, _)| Choice {
            value,
            label: label.to_owned(),
            is_chosen: value == chosen,
        };
        WANTED.into_iter().map(choice).collect()
    }

    /// Whether there may be modules in the list that are installed, or that are not.
    pub(super) fn lists(&self, installed: bool) -> bool {
        match self.request().state.as_deref() {
            Some("installed" | "outdated") => installed,
            Some("not_installed") => !installed,
            _ => true,
        }
    }

    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    pub(super) fn is_narrowed(&self) -> bool {
        filled(self.text.clone()).is_some()
    }

    pub(super) fn is_further(&self) -> bool {
        filled(self.after.clone()).is_some()
    }

    /// Where the same is found, from somewhere on.
    pub(super) fn link(&self, here: &str, after: Option<&str>) -> String {
        let fields =
            [("text", self.text.as_deref()), ("state", self.state.as_deref()), ("after", after)];
        link(here, fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_shown_unless_somebody_asks_for_more() {
        let state = |text: Option<&str>| {
            let query = Query { state: text.map(str::to_owned), ..Query::default() };
            query.request().state
        };

        assert_eq!(state(None).as_deref(), Some("installed"));
        assert_eq!(state(Some("all")), None);
        assert_eq!(state(Some("outdated")).as_deref(), Some("outdated"));
        assert_eq!(state(Some("<b>")).as_deref(), Some("<b>"));
    }

    #[test]
    fn the_next_page_keeps_what_was_asked_for() {
        let query =
            Query { text: Some("a&b".to_owned()), state: None, after: Some("x".to_owned()) };

        assert_eq!(query.link("/m", Some("crm")), "/m?text=a%26b&after=crm");
        assert_eq!(query.link("/m", None), "/m?text=a%26b");
    }
}
