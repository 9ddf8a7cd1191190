//! Reads the probe's answer.

use serde::Deserialize;

use super::{Capabilities, Module, NotOdoo};

const MARK: &str = "berth-probe ";
/// As much of an unexpected answer as a person wants to read.
const EXCERPT: usize = 300;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line {
    None {
        why: String,
    },
    Image(Box<Capabilities>),
    Language {
        code: String,
        name: String,
    },
    Module(NamedModule),
    End {
        modules: usize,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct NamedModule {
    name: String,
    #[serde(flatten)]
    module: Module,
}

pub(super) fn capabilities(output: &str) -> Result<Capabilities, NotOdoo> {
    let refuse = |why: String| Err(NotOdoo { why });
    let mut image = None;
    let mut languages = std::collections::BTreeMap::new();
    let mut modules = std::collections::BTreeMap::new();
    let mut announced = None;
    for line in output.lines().filter_map(|line| line.split_once(MARK)) {
        match serde_json::from_str(line.1.trim()) {
            Ok(Line::None { why }) => return refuse(why),
            Ok(Line::Image(found)) => image = Some(*found),
            Ok(Line::Language { code, name }) => drop(languages.insert(code, name)),
            Ok(Line::Module(found)) => drop(modules.insert(found.name, found.module)),
            Ok(Line::End { modules }) => announced = Some(modules),
            Ok(Line::Unknown) => {}
            Err(error) => {
                return refuse(format!("the probe answered something unreadable ({error})"));
            }
        }
    }
    let Some(mut image) = image else {
        return refuse(format!("the probe did not answer: {}", excerpt(output)));
    };
    if announced != Some(modules.len()) {
        return refuse(format!("the probe's answer was cut off after {} modules", modules.len()));
    }
    if image.major() < Capabilities::OLDEST {
        let series = &image.series;
        return refuse(format!(
            "its Odoo {series} is too old, {} or later is needed",
            Capabilities::OLDEST
        ));
    }
    image.languages = languages;
    image.modules = modules;
    Ok(image)
}

/// The end of an answer says more than its beginning: there the error message stands.
fn excerpt(output: &str) -> String {
    let line = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no output");
    line.trim().chars().take(EXCERPT).collect()
}
