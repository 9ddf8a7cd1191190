//! Lists and facts, in columns.

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
    fn columns_line_up_and_absent_facts_are_absent() {
        let rows = [vec!["acme".to_owned(), "running".to_owned()], vec!["b".to_owned(); 2]];

        assert_eq!(list(&["name", "state"], rows), "NAME  STATE\nacme  running\nb     b");
        assert_eq!(
            facts(&[("host", Some("x".to_owned())), ("none", None), ("a", Some("y".to_owned()))]),
            "host  x\na     y"
        );
    }
}
