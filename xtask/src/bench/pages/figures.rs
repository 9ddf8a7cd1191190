//! From answers to what is said of them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::bench::api::ms;

/// What people read: how long each page took and how large it is, and the first look at the fleet.
pub(super) fn table(said: &Value) -> String {
    let mut text = format!(
        "{:<28}{:>8}{:>8}{:>20}{:>9}",
        "", "p50 ms", "p99 ms", "first byte p99 ms", "bytes"
    );
    for (name, figures) in said["pages"].as_object().into_iter().flat_map(Map::iter) {
        let [p50, p99, first] =
            ["p50_us", "p99_us", "first_byte_p99_us"].map(|figure| ms(&figures[figure]));
        let bytes = figures["bytes"].as_u64().unwrap_or_default();
        write!(text, "\n{name:<28}{p50:>8}{p99:>8}{first:>20}{bytes:>9}")
            .expect("strings take all");
    }
    text.push_str("\n\nwhat the first look at the fleet loads, in bytes, compressed:");
    let mut all = 0;
    for (name, bytes) in said["first_load"].as_object().into_iter().flat_map(Map::iter) {
        let bytes = bytes.as_u64().unwrap_or_default();
        write!(text, "\n{name:<28}{bytes:>8}").expect("strings take all");
        all += bytes;
    }
    write!(text, "\n{:<28}{all:>8}", "all").expect("strings take all");
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_page_and_every_file_has_a_line() {
        let fleet = json!({
            "p50_us": 4200, "p99_us": 9100, "first_byte_p99_us": 8000, "bytes": 12_000,
        });
        let files = json!({ "page": 12_000, "berth.css": 11_000 });

        let table = table(&json!({ "pages": { "fleet": fleet }, "first_load": files }));

        let line = "fleet                            4.2     9.1                 8.0    12000";
        assert!(table.contains(line), "{table}");
        assert!(table.contains("berth.css                      11000"), "{table}");
        assert!(table.ends_with("all                            23000"), "{table}");
    }
}
