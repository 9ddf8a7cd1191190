//! What will be created, beside the form.

use berth_engine::view::{PlanView, TookView};

use crate::pages::said::Said;
use crate::pages::words::{capitalised, span};

/// What is known of it.
#[derive(Debug)]
pub(super) struct Panel {
    /// What it is called. Empty: nobody said.
    pub(super) name: String,
    /// Each with its picture.
    pub(super) lines: Vec<(&'static str, String)>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) took: Option<Took>,
    pub(super) command: String,
    /// Fields that have to be put right first, and what people call them.
    pub(super) wrong: Vec<(String, String)>,
}

/// How long it takes.
#[derive(Debug)]
pub(super) struct Took {
    pub(super) about: String,
    pub(super) basis: String,
}

impl Panel {
    pub(super) fn of(
        name: &str,
        plan: &PlanView,
        (took, command): (Option<TookView>, String),
    ) -> Self {
        let fact =
            |(label, key): (&'static str, &str)| Some((label, plan.settings.get(key)?.clone()));
        let facts = [
            ("Address", "url"),
            ("Stage", "stage"),
            ("Image", "image"),
            ("Language", "language"),
            ("Time zone", "time_zone"),
            ("Company", "company"),
            ("Sign-in", "login"),
            ("Workers", "workers"),
        ];
        Self {
            name: name.to_owned(),
            facts: facts.into_iter().filter_map(fact).collect(),
            lines: plan.actions.iter().map(|it| (icon(it.step), capitalised(&it.text))).collect(),
            took: took.map(Took::of),
            command,
            wrong: Vec::new(),
        }
    }

    pub(super) fn without_plan(said: &Said) -> Self {
        Self {
            name: String::new(),
            lines: Vec::new(),
            facts: Vec::new(),
            took: None,
            command: String::new(),
            wrong: said
                .fields
                .iter()
                .map(|(field, _)| (field.clone(), field.replace('_', " ")))
                .collect(),
        }
    }
}

impl Took {
    fn of(TookView { count, median, slowest }: TookView) -> Self {
        let basis = if count == 1 {
            "As long as the last creation took.".to_owned()
        } else {
            format!("Median of the last {count} creations. Slowest: {}.", span(slowest))
        };
        Self { about: span(median), basis }
    }
}

/// The picture of a step of a creation.
fn icon(step: &str) -> &'static str {
    match step {
        "network" | "publish" => "globe",
        "blueprint" => "file",
        "database" => "db",
        "files" => "folder",
        "modules" => "play",
        "check" => "shield",
        _ => "box",
    }
}
