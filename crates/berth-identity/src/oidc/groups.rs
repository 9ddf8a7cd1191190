//! Which of our roles somebody has by the groups of a provider.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A group, as a provider writes it: compared byte by byte, because no case is ever the same case
/// everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

impl GroupName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the name of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a group has a name of 1 to 255 characters on one line")]
pub struct InvalidGroup;

impl FromStr for GroupName {
    type Err = InvalidGroup;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_long = text.chars().count() > 255;
        if text.trim().is_empty() || is_long || text.chars().any(char::is_control) {
            return Err(InvalidGroup);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Which group brings which roles. `Role` is the caller's: a role in an organisation, or the operator's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMapping<Role> {
    lines: Vec<(GroupName, Role)>,
}

impl<Role: Clone + Ord> GroupMapping<Role> {
    #[must_use]
    pub fn new(lines: Vec<(GroupName, Role)>) -> Self {
        Self { lines }
    }

    /// Every role that these groups bring. None, if none of them stands in the mapping: whoever is in
    /// no group that we know has no rights here.
    #[must_use]
    pub fn roles_of(&self, groups: &BTreeSet<GroupName>) -> BTreeSet<Role> {
        let brought = self.lines.iter().filter(|(group, _)| groups.contains(group));
        brought.map(|(_, role)| role.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str]) -> BTreeSet<GroupName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn roles(names: &[&str]) -> Vec<&'static str> {
        let lines = [("staff", "viewer"), ("leads", "admin"), ("staff", "logs"), ("it", "admin")];
        let lines = lines.map(|(group, role)| (group.parse().unwrap(), role)).to_vec();
        GroupMapping::new(lines).roles_of(&groups(names)).into_iter().collect()
    }

    #[test]
    fn a_group_brings_its_roles_and_each_of_them_once() {
        assert_eq!(roles(&["staff"]), ["logs", "viewer"]);
        assert_eq!(roles(&["it", "leads"]), ["admin"]);
    }

    #[test]
    fn a_group_that_is_not_known_brings_nothing() {
        assert_eq!(roles(&[]), [""; 0]);
        assert_eq!(roles(&["Staff", "staff ", "staf", "stafff", "*"]), [""; 0]);
    }

    #[test]
    fn no_groups_are_mapped_when_there_is_no_mapping() {
        let none = GroupMapping::<&str>::new(Vec::new());

        assert_eq!(none.roles_of(&groups(&["staff"])), BTreeSet::new());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", " ", "a\nb", &"x".repeat(256)] {
            assert_eq!(text.parse::<GroupName>(), Err(InvalidGroup), "{text}");
        }
    }
}
