//! Differences, as people read them.

use berth_api::v1 as api;

use crate::table;

/// Returns what differs, tenant by tenant and field by field. Empty: nothing does.
pub(crate) fn differences(differences: &[api::TenantDifference]) -> String {
    let shown: Vec<String> = differences.iter().filter_map(one).collect();
    shown.join("\n")
}

fn one(difference: &api::TenantDifference) -> Option<String> {
    let api::TenantDifference { name, action, fields, .. } = difference;
    let is_new = action == "create";
    let mut text = match action.as_str() {
        "create" => format!("+ {name} is to be created"),
        "set" => format!("~ {name} is to be changed"),
        "delete" => format!("- {name} is to be deleted"),
        _ => return None,
    };
    let facts: Vec<_> = fields
        .iter()
        .map(|api::FieldDifference { field, before, after }| {
            let (before, after) = (value(before.as_deref()), value(after.as_deref()));
            let change = if is_new { after } else { format!("{before} -> {after}") };
            (field.as_str(), Some(change))
        })
        .collect();
    for line in table::facts(&facts).lines().filter(|line| !line.is_empty()) {
        text.push_str("\n    ");
        text.push_str(line);
    }
    Some(text)
}

fn value(text: Option<&str>) -> String {
    text.map_or_else(|| "nothing".to_owned(), one_line)
}

/// The text on one line, however many it has.
fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

/// Counts what is to be done: `1 to create, 2 as they are to be`.
pub(crate) fn summary(differences: &[api::TenantDifference]) -> String {
    let count = |action: &str| differences.iter().filter(|it| it.action == action).count();
    let counted = [
        (count("create"), "to create"),
        (count("set"), "to change"),
        (count("delete"), "to delete"),
        (count("none"), if count("none") == 1 { "as it is to be" } else { "as they are to be" }),
    ];
    let counted = counted.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = counted.map(|(count, what)| format!("{count} {what}")).collect();
    parts.join(", ")
}
