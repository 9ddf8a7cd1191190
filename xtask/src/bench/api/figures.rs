//! From answers to what is said of them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// How long each question took, by the way on which it was asked.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<(&'static str, Value)>);

impl Lists {
    pub(super) fn add(&mut self, way: &'static str, said: Value) {
        self.0.push((way, said));
    }

    pub(super) fn json(&self) -> Value {
        let ways = self.0.iter().map(|(way, said)| ((*way).to_owned(), said.clone()));
        Value::Object(ways.collect::<Map<_, _>>())
    }

    /// What people read: p50 and p99 of every question on every way.
    pub(super) fn table(&self) -> String {
        let mut text = format!("{:<30}", "p50 and p99 in ms");
        for (way, _) in &self.0 {
            write!(text, "{way:>18}").expect("strings take all");
        }
        for name in self.names() {
            write!(text, "\n{name:<30}").expect("strings take all");
            for (_, said) in &self.0 {
                let times = said.get(name);
                let of = |figure: &str| ms(times.map_or(&Value::Null, |times| &times[figure]));
                write!(text, "{:>9}{:>9}", of("p50_us"), of("p99_us")).expect("strings take all");
            }
        }
        text
    }

    /// The questions, each once.
    fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (_, said) in &self.0 {
            for name in said.as_object().into_iter().flat_map(Map::keys) {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        names
    }
}

/// Microseconds in milliseconds; `-` where nothing was measured.
#[expect(clippy::cast_precision_loss, reason = "microseconds of minutes are below 2^52")]
pub(in crate::bench) fn ms(us: &Value) -> String {
    us.as_u64().map_or_else(|| "-".to_owned(), |us| format!("{:.1}", us as f64 / 1000.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_question_has_a_line_with_every_way() {
        let mut lists = Lists::default();
        lists.add("store", json!({ "first page": { "p50_us": 900, "p99_us": 1250 } }));
        let socket = json!({
            "first page": { "p50_us": 2100, "p99_us": 3000 },
            "one tenant": { "p50_us": 400, "p99_us": 500 },
        });
        lists.add("socket", socket);

        let table = lists.table();

        let first = "first page                          0.9      1.2      2.1      3.0";
        let one = "one tenant                            -        -      0.4      0.5";
        assert!(table.contains(first) && table.contains(one), "{table}");
        assert_eq!(lists.json()["socket"]["one tenant"]["p50_us"], 400);
    }
}
