//! Lists and facts, in columns.

use berth_domain::Timestamp;
use comfy_table::{ContentArrangement, Table};

/// Returns rows under headings, each column as wide as its widest cell.
pub(crate) fn list(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    table.add_rows(rows);
    trimmed(&mut table)
}

/// Returns facts, one a line. Those without a value are left out.
pub(crate) fn facts(facts: &[(&str, Option<String>)]) -> String {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Disabled);
    for (name, value) in facts {
        if let Some(value) = value {
            table.add_row([(*name).to_owned(), value.clone()]);
        }
    }
    trimmed(&mut table)
}

/// A time as people read it, to the second: what is on the wire is exact.
pub(crate) fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// Without lines, and without white space at either end of a row.
fn trimmed(table: &mut Table) -> String {
    table.load_style(comfy_table::presets::NOTHING);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_second() {
        for exact in
            ["2026-05-01T10:00:00Z", "2026-05-01T10:00:00.123456Z", "2026-05-01T10:00:00.999999Z"]
        {
            assert_eq!(time(exact.parse().unwrap()), "2026-05-01T10:00:00Z");
        }
    }

    #[test]
    fn columns_line_up_and_absent_facts_are_absent() {
        let rows = [vec!["acme".to_owned(), "running".to_owned()], vec!["b".to_owned(); 2]];

        assert_eq!(list(&["name", "state"], rows), "NAME  STATE\nacme  running\nb     b");
        assert_eq!(
            facts(&[("host", Some("x".to_owned())), ("none", None), ("a", Some("y".to_owned()))]),
            "host  x\na     y"
        );
    }
}
