//! Which group of a provider brings which role.

use berth_domain::access::Role;
use berth_domain::provider::GroupRole;
use toml::de::DeValue;

use super::text_of;
use crate::reader::{Reader, Row};

const WANTED: &str = "write a list like `[{ group = \"it\", role = \"operator\" }, { group = \"staff\", \
                      role = \"member\", organisation = \"default\" }]`";

pub(super) fn read(reader: &mut Reader<'_>, row: &Row<'_>) -> Vec<(String, GroupRole)> {
    let Some(value) = row.value("roles") else { return Vec::new() };
    let DeValue::Array(lines) = value else {
        reader.note_in(row, "roles", WANTED.to_owned());
        return Vec::new();
    };
    let mut roles = Vec::new();
    for line in lines {
        match one(line.get_ref()) {
            Ok(role) => roles.push(role),
            Err(message) => reader.note_in(row, "roles", message),
        }
    }
    roles
}

fn one(line: &DeValue<'_>) -> Result<(String, GroupRole), String> {
    let DeValue::Table(table) = line else { return Err(WANTED.to_owned()) };
    let known = ["group", "role", "organisation"];
    if let Some((key, _)) = table.iter().find(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
        let key = key.get_ref().escape_debug();
        return Err(format!("there is no `{key}`: a line has `group`, `role` and `organisation`"));
    }
    let text = |key: &str| table.get(key).and_then(|value| text_of(value.get_ref()));
    let (Some(group), Some(role)) = (text("group"), text("role")) else {
        return Err(WANTED.to_owned());
    };
    let is_group = (1..=255).contains(&group.chars().count())
        && !group.trim().is_empty()
        && !group.chars().any(char::is_control);
    if !is_group {
        return Err("a group has a name of 1 to 255 characters on one line".to_owned());
    }
    let brings = match (role, table.contains_key("organisation"), text("organisation")) {
        ("operator", false, _) => GroupRole::Operator,
        ("operator", true, _) => {
            return Err("an operator runs the installation: leave `organisation` out".to_owned());
        }
        (role, _, Some(organisation)) => {
            let organisation = organisation.to_owned();
            GroupRole::In { organisation, role: read_role(role)? }
        }
        (role, _, None) => {
            read_role(role)?;
            return Err(format!("`{role}` of which `organisation`? The first is `default`"));
        }
    };
    Ok((group.to_owned(), brings))
}

fn read_role(role: &str) -> Result<Role, String> {
    role.parse().map_err(|_| {
        format!("`{}` is no role: use operator, admin, member or viewer", role.escape_debug())
    })
}
