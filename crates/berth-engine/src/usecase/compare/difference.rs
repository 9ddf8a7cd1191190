//! What is between a wish and a tenant, and what would close the gap.
//!
//! # Invariants
//!
//! * Nothing here reads or changes anything but its arguments.
//! * What is not wished for differs in nothing.

use berth_domain::{Problems, Tenant, TenantState};

use super::field::Field;
use super::wish::{COMMA, Told};
use crate::request::{NoteTenant, SetTenant};

/// A field that is not as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Differing {
    pub(super) field: Field,
    /// `None`: nothing.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// Holds what is wished for against what there is. Where there is nothing, everything that is wished
/// for differs.
pub(super) fn between(there: &[Told], wished: &[Told]) -> Vec<Differing> {
    let is =
        |field: Field| there.iter().find(|(it, _)| *it == field).and_then(|(_, text)| text.clone());
    wished
        .iter()
        .map(|(field, after)| Differing { field: *field, before: is(*field), after: after.clone() })
        .filter(|differing| differing.before != differing.after)
        .collect()
}

/// The request that makes the difference vanish. `None`: nothing of it can be set.
pub(super) fn closing(differing: &[Differing]) -> Option<SetTenant> {
    let mut set = SetTenant::default();
    for Differing { field, before, after } in differing {
        let or = |none: &str| Some(after.clone().unwrap_or_else(|| none.to_owned()));
        match field {
            Field::Stage => set.stage.clone_from(after),
            Field::Cpu => set.cpu.clone_from(after),
            Field::Memory => set.memory.clone_from(after),
            Field::Pids => set.pids = after.as_ref().and_then(|pids| pids.parse().ok()),
            Field::Storage => set.notes.storage = or("none"),
            Field::Owner => set.notes.owner = or(""),
            Field::Notes => set.notes.notes = or(""),
            Field::Expires => set.notes.expires = or("never"),
            Field::Tags => tags(before.as_ref(), after.as_ref(), &mut set.notes),
            fixed => debug_assert!(fixed.is_fixed()),
        }
    }
    (set != SetTenant::default()).then_some(set)
}

fn tags(before: Option<&String>, after: Option<&String>, note: &mut NoteTenant) {
    let words = |text: Option<&String>| -> Vec<String> {
        let words = text.iter().flat_map(|text| text.split(COMMA));
        words.map(str::to_owned).collect()
    };
    let (before, after) = (words(before), words(after));
    note.tag = after.iter().filter(|tag| !before.contains(tag)).cloned().collect();
    note.untag = before.into_iter().filter(|tag| !after.contains(tag)).collect();
}

/// Notes why the tenant cannot become what it is wished to be, as far as that needs no look at the
/// rest of the world.
pub(super) fn obstacles(tenant: &Tenant, differing: &[Differing], p: &mut Problems) {
    let name = &tenant.name;
    match tenant.state {
        TenantState::Deleted { .. } => p.add_with_hint(
            "name",
            format!("`{name}` is deleted"),
            &format!("bring it back with `berth tenant restore-deleted {name}`"),
        ),
        TenantState::Deleting { .. } => {
            p.add_with_hint("name", format!("`{name}` is being removed"), "wait until it is gone");
        }
        _ => {}
    }
    for Differing { field, before, after } in differing.iter().filter(|it| it.field.is_fixed()) {
        let before = before.as_deref().unwrap_or("nothing");
        let message = format!("this cannot be changed any more: it is {before}");
        match (field, after) {
            (Field::Host, Some(host)) => p.add_with_hint(
                field.as_str(),
                message,
                &format!(
                    "give it another host with `berth tenant rename {name} {name} --host {host}`"
                ),
            ),
            (Field::OwnCluster, _) => p.add_with_hint(
                field.as_str(),
                message,
                &format!(
                    "move it: `berth tenant export {name} FILE`, and import that under another name"
                ),
            ),
            (Field::Modules, _) => p.add_with_hint(
                field.as_str(),
                message,
                &format!(
                    "change them with `berth tenant install-modules {name}` or `uninstall-modules`"
                ),
            ),
            _ => p.add(field.as_str(), message),
        }
    }
}

#[cfg(test)]
mod tests;
