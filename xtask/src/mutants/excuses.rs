//! What looks like a check and is not taken away, and why not.

use std::ops::Range;

use anyhow::{Result, ensure};

use super::removal::once;

struct Excuse {
    file: &'static str,
    /// Stands in the file once.
    text: &'static str,
    why: &'static str,
}

const ALL: &[Excuse] = &[
    Excuse {
        file: "crates/berth-engine/src/usecase/change.rs",
        text: "self.demand(Right::of_operation(kind), Place::Organisation(tenant.organisation))?;",
        why: "It says what a page offers; what is begun is checked when it begins.",
    },
    Excuse {
        file: "crates/berth-engine/src/usecase/people/members.rs",
        text: "role.map_or(Ok(()), |role| may_appoint(grants, Post::In(organisation, role)))",
        why: "Whoever may not give the new role may not take the old one: only admins appoint, and nobody is more.",
    },
    Excuse {
        file: "crates/berth-engine/src/usecase/doctor/messages.rs",
        text: "let resting = maker::webhook_lost(&mut tx, &one, engine.clock.now()).await?;",
        why: "It says that a webhook rests; whether one does is decided where it is told something.",
    },
    Excuse {
        file: "crates/berth-engine/src/usecase/notify/troubles.rs",
        text: "maker::webhook_lost(&mut tx, subscription, engine.clock.now()).await?.is_some()",
        why: "It saves work: what it would have told is asked about again before it is sent.",
    },
    Excuse {
        file: "crates/berth-engine/src/usecase/schedules/fire.rs",
        text: "schedule.decide(due, now)",
        why: "It decides about times.",
    },
];

/// Where they stand: the file, and where in it.
pub(super) fn all() -> Result<Vec<(&'static str, Range<usize>)>> {
    ALL.iter()
        .map(|Excuse { file, text, why }| {
            ensure!(why.ends_with('.'), "{file}: why `{text}` is not taken away is not said");
            Ok((*file, once(file, text)?))
        })
        .collect()
}
