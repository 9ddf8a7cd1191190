//! What is said and written down of organisations.

use std::collections::{BTreeMap, BTreeSet};

use berth_domain::Organisation;
use berth_domain::audit::{Object, ObjectKind};
use berth_store::organisations::Contents;
use serde_json::{Value, json};

use crate::usecase::audit::Deed;
use crate::view::{PlanAction, PlanView};

/// As many of a kind as are named.
const NAMED: usize = 50;
/// Of what goes with an organisation, in the order in which it is said: one, several.
const KINDS: [(&str, &str, &str); 7] = [
    ("member", "membership", "memberships"),
    ("invitation", "invitation", "invitations"),
    ("token", "token", "tokens"),
    ("schedule", "schedule", "schedules"),
    ("webhook", "webhook", "webhooks"),
    ("quota", "quota", "quotas"),
    ("upload", "backup that was sent in", "backups that were sent in"),
];

/// Making and removing are done to the installation: so they are told when the organisation is gone.
pub(super) fn deed(action: &'static str, organisation: &Organisation) -> Deed {
    let object = Object::new(ObjectKind::Organisation, organisation.id, &organisation.name);
    match action {
        "organisation.set" => Deed::new(action, organisation.id, object),
        _ => Deed::to_installation(action, object),
    }
}

pub(super) fn told(organisation: &Organisation) -> Value {
    json!({ "title": organisation.title.as_ref().map(ToString::to_string) })
}

/// The same, with everything that went with it.
pub(super) fn told_whole(organisation: &Organisation, contents: &Contents) -> Value {
    let mut told = told(organisation);
    for (kind, _, many) in KINDS {
        let names = named(contents, kind);
        if !names.is_empty() {
            told[many] = json!(names);
        }
    }
    told
}

pub(super) fn plan_creation(organisation: &Organisation) -> PlanView {
    PlanView {
        summary: format!("make organisation {}", organisation.name),
        actions: vec![PlanAction {
            step: "organisation",
            text:
                "nobody belongs to it until somebody is invited; operators may do everything in it"
                    .to_owned(),
        }],
        settings: settings(organisation),
    }
}

pub(super) fn plan_title(from: &Organisation, to: &Organisation) -> PlanView {
    let called = |of: &Organisation| {
        of.title.as_ref().map_or_else(|| "no title".to_owned(), |title| format!("`{title}`"))
    };
    PlanView {
        summary: format!("give organisation {} another title", to.name),
        actions: vec![PlanAction {
            step: "organisation",
            text: format!("{} instead of {}; its name stays", called(to), called(from)),
        }],
        settings: settings(to),
    }
}

pub(super) fn plan_removal(
    organisation: &Organisation,
    contents: &Contents,
    (operations, events): (u64, u64),
) -> PlanView {
    let mut actions = Vec::new();
    for (kind, one, many) in KINDS {
        let names = named(contents, kind);
        if !names.is_empty() {
            let what = if names.len() == 1 { one } else { many };
            let text = format!("remove {} {what}: {}", names.len(), listed(&names));
            actions.push(PlanAction { step: "contents", text });
        }
    }
    if operations + events > 0 {
        let text = format!("forget what was: operations ({operations}), events ({events})");
        actions.push(PlanAction { step: "history", text });
    }
    let text = "remove it for good; the audit keeps what was done in it".to_owned();
    actions.push(PlanAction { step: "organisation", text });
    PlanView {
        summary: format!("delete organisation {}", organisation.name),
        actions,
        settings: settings(organisation),
    }
}

/// Why an organisation is not removed, if anything is in the way.
pub(super) fn in_the_way(organisation: &Organisation, contents: &Contents) -> Option<String> {
    let mut why = Vec::new();
    if organisation.name.is_first() {
        why.push("every installation has this one".to_owned());
    }
    let tenants: Vec<String> =
        contents.tenants.iter().map(|(name, state)| format!("{name} ({state})")).collect();
    if !tenants.is_empty() {
        why.push(format!("it has tenants, which must be gone for good: {}", listed(&tenants)));
    }
    // Those of its tenants are theirs to wait for.
    let at_work: BTreeSet<String> =
        contents.at_work.iter().map(|(id, kind)| format!("{id} ({kind})")).collect();
    if !at_work.is_empty() {
        let at_work: Vec<String> = at_work.into_iter().collect();
        why.push(format!("operations are at work in it: {}", listed(&at_work)));
    }
    (!why.is_empty()).then(|| why.join("; "))
}

fn settings(organisation: &Organisation) -> BTreeMap<&'static str, String> {
    let mut settings = BTreeMap::from([("name", organisation.name.to_string())]);
    settings.extend(organisation.title.as_ref().map(|title| ("title", title.to_string())));
    settings
}

fn named(contents: &Contents, kind: &str) -> Vec<String> {
    let of_kind = contents.lost.iter().filter(|lost| lost.kind == kind);
    of_kind.map(|lost| lost.name.clone()).collect()
}

fn listed(names: &[String]) -> String {
    match names.len().checked_sub(NAMED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use berth_domain::{OrganisationId, Timestamp};
    use berth_store::organisations::Lost;
    use uuid::Uuid;

    use super::*;

    fn acme(name: &str) -> Organisation {
        Organisation {
            id: OrganisationId::from_uuid(Uuid::from_u128(7)),
            name: name.parse().unwrap(),
            title: Some("Acme Ltd".parse().unwrap()),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn lost(kind: &str, name: &str) -> Lost {
        Lost { kind: kind.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn everything_that_is_in_the_way_is_said_at_once() {
        let contents = Contents {
            tenants: vec![
                ("shop".to_owned(), "running".to_owned()),
                ("wiki".to_owned(), "deleted".to_owned()),
            ],
            at_work: vec![("op_1".to_owned(), "demo".to_owned())],
            lost: Vec::new(),
        };

        assert_eq!(in_the_way(&acme("acme"), &Contents::default()), None);
        assert_eq!(
            in_the_way(&acme("default"), &contents).unwrap(),
            "every installation has this one; it has tenants, which must be gone for good: \
             shop (running), wiki (deleted); \
             operations are at work in it: op_1 (demo)"
        );
    }

    #[test]
    fn everything_that_would_be_lost_is_named() {
        let lost = vec![
            lost("member", "al@example.com"),
            lost("member", "jo@example.com"),
            lost("token", "ci"),
            lost("upload", "acme.zip"),
        ];
        let contents = Contents { lost, ..Contents::default() };

        let plan = plan_removal(&acme("acme"), &contents, (3, 12));

        let told: Vec<&str> = plan.actions.iter().map(|action| action.text.as_str()).collect();
        assert_eq!(
            told,
            [
                "remove 2 memberships: al@example.com, jo@example.com",
                "remove 1 token: ci",
                "remove 1 backup that was sent in: acme.zip",
                "forget what was: operations (3), events (12)",
                "remove it for good; the audit keeps what was done in it",
            ]
        );
        let written = told_whole(&acme("acme"), &contents);
        assert_eq!(written["tokens"], json!(["ci"]));
        assert_eq!(written["title"], json!("Acme Ltd"));
    }

    #[test]
    fn a_long_list_says_how_much_longer_it_is() {
        let names: Vec<String> = (0..NAMED + 2).map(|number| format!("n{number}")).collect();

        assert!(listed(&names).ends_with("n49 and 2 more"), "{}", listed(&names));
        assert_eq!(listed(&names[..NAMED]).matches(", ").count(), NAMED - 1);
    }
}
