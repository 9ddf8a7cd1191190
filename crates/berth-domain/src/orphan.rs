//! What carries our label or one of our names and belongs to no row: which that is, and why.
//!
//! # Invariants
//!
//! * Pure: what was seen and what rows say decide, in that order of looking. Whatever is made has its
//!   row first, so what was seen before the rows were read and has none is nobody's.
//! * What somebody else made is never among the things that are judged.

mod name;

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::{ObjectName, Timestamp};

pub use name::{InvalidOrphanName, OrphanKind, OrphanName};

/// What is younger may be of something that is at work just now.
pub const GRACE: SignedDuration = SignedDuration::from_mins(10);

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub name: OrphanName,
    pub of: Of,
}

/// Whose a thing would be, by its label or its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// Of a tenant or blueprint, for as long as that has a row.
    Object(ObjectName),
    /// A short-lived container that works for a tenant or blueprint.
    Job(ObjectName),
    /// A short-lived container that looks into an image.
    Probe {
        /// Whether somebody in this process waits for what it says.
        is_waited_for: bool,
    },
    /// It has our label, and a name that Berth gives to nothing.
    Unknown,
}

/// What has a row, and whether an operation works at it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims(BTreeMap<ObjectName, bool>);

/// Why a thing belongs to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    TenantGone,
    BlueprintGone,
    /// Whoever started it is gone.
    DeadRun,
    StrangeName,
}

impl Claims {
    /// Notes that a row has this name.
    pub fn note(&mut self, object: ObjectName, is_at_work: bool) {
        *self.0.entry(object).or_default() |= is_at_work;
    }

    #[must_use]
    pub fn has(&self, object: &ObjectName) -> bool {
        self.0.contains_key(object)
    }

    /// Why a thing belongs to nobody. `None`: it is somebody's.
    #[must_use]
    pub fn judge(&self, thing: &Thing) -> Option<Why> {
        match &thing.of {
            Of::Object(object) => (!self.has(object)).then(|| Self::gone(object)),
            Of::Job(object) => match self.0.get(object) {
                Some(true) => None,
                Some(false) | None => Some(Why::DeadRun),
            },
            Of::Probe { is_waited_for } => (!is_waited_for).then_some(Why::DeadRun),
            Of::Unknown => Some(Why::StrangeName),
        }
    }

    fn gone(object: &ObjectName) -> Why {
        if object.as_str().starts_with('b') { Why::BlueprintGone } else { Why::TenantGone }
    }
}

impl Why {
    /// What people read.
    #[must_use]
    pub fn text(self, kind: OrphanKind) -> String {
        let what = kind.as_str();
        match self {
            Self::TenantGone => format!("the {what} of a tenant that is gone"),
            Self::BlueprintGone => format!("the {what} of a blueprint that is gone"),
            Self::DeadRun => "whoever started it is gone and left it behind".to_owned(),
            Self::StrangeName => {
                "it has the label of this home, and a name that Berth gives to nothing".to_owned()
            }
        }
    }
}

/// Whether a thing that was first seen then may be of something that is at work.
#[must_use]
pub fn is_new(first_seen: Timestamp, now: Timestamp) -> bool {
    now.duration_since(first_seen) < GRACE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> ObjectName {
        text.parse().unwrap()
    }

    fn thing(name: &str, of: Of) -> Thing {
        Thing { name: name.parse().unwrap(), of }
    }

    fn claims() -> Claims {
        let mut claims = Claims::default();
        claims.note(object("t_0000000001"), false);
        claims.note(object("t_0000000002"), false);
        claims.note(object("t_0000000002"), true);
        claims.note(object("t_0000000002"), false);
        claims
    }

    #[test]
    fn what_has_a_row_is_somebodys_whatever_its_state() {
        let of = Of::Object(object("t_0000000001"));

        assert_eq!(claims().judge(&thing("database/t_0000000001", of)), None);
    }

    #[test]
    fn what_has_no_row_is_nobodys() {
        let of = |text: &str| Of::Object(object(text));
        let judge = |name: &str, of| claims().judge(&thing(name, of));

        let tenant = judge("role/t_0000000009", of("t_0000000009"));
        let blueprint = judge("database/b_0000000009", of("b_0000000009"));

        assert_eq!(tenant, Some(Why::TenantGone));
        assert_eq!(blueprint, Some(Why::BlueprintGone));
        assert_eq!(Why::TenantGone.text(OrphanKind::Role), "the role of a tenant that is gone");
    }

    #[test]
    fn a_job_is_somebodys_while_an_operation_works_at_what_it_works_for() {
        let judge = |text: &str| {
            claims().judge(&thing(&format!("container/{text}-install"), Of::Job(object(text))))
        };

        assert_eq!(judge("t_0000000002"), None);
        assert_eq!(judge("t_0000000001"), Some(Why::DeadRun));
        assert_eq!(judge("t_0000000009"), Some(Why::DeadRun));
    }

    #[test]
    fn a_probe_is_somebodys_while_somebody_waits_for_it() {
        let judge = |is_waited_for| {
            claims().judge(&thing("container/probe-abc-home", Of::Probe { is_waited_for }))
        };

        assert_eq!((judge(true), judge(false)), (None, Some(Why::DeadRun)));
    }

    #[test]
    fn what_was_seen_a_moment_ago_is_new() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);

        assert!(is_new(now, now));
        assert!(is_new(now - SignedDuration::from_mins(9), now));
        assert!(!is_new(now - SignedDuration::from_mins(10), now));
        // A clock that was set back makes nothing old.
        assert!(is_new(now + SignedDuration::from_hours(1), now));
    }
}
