use berth_domain::audit::Origin;
use uuid::Uuid;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn same(actor: &str, what: &str) -> Same {
    Same {
        actor: actor.to_owned(),
        token: None,
        via: Via::Tcp,
        place: Place::Installation,
        what: what.to_owned(),
    }
}

fn entry(path: &str, seconds: i64) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_uuid(Uuid::from_u128(1)),
        at: at(seconds),
        organisation: None,
        actor: Actor::Nobody,
        action: "list_people".to_owned(),
        object: Object::named(ObjectKind::Route, path),
        before: None,
        after: None,
        origin: Origin::INSIDE,
        outcome: Outcome::Denied,
    }
}

/// What is written down of so many at once, by path.
fn ask(denials: &Denials, same: &Same, times: u64, seconds: i64) -> Vec<String> {
    (0..times)
        .flat_map(|n| denials.count(same.clone(), entry(&format!("/{n}"), seconds)))
        .map(|entry| told(&entry))
        .collect()
}

fn told(entry: &AuditEntry) -> String {
    let after = entry.after.as_ref().map(|after| format!(" and {} more", after["further"]));
    format!("{}{}", entry.object.name, after.unwrap_or_default())
}

#[test]
fn the_first_are_written_down_one_by_one_and_the_rest_as_one() {
    let denials = Denials::default();
    let jo = same("person:jo@example.com", "members");

    assert_eq!(ask(&denials, &jo, 10_000, 0), ["/0", "/1", "/2", "/3", "/4"]);
    assert!(denials.take(Some(at(299))).is_empty());
    let counted: Vec<_> = denials.take(Some(at(300))).iter().map(told).collect();

    assert_eq!(counted, ["/9999 and 9995 more"]);
    assert!(denials.take(None).is_empty(), "told once");
    assert_eq!(ask(&denials, &jo, 1, 300), ["/0"], "and counted anew");
}

#[test]
fn whoever_asks_again_later_has_what_was_counted_told_first() {
    let denials = Denials::default();
    let jo = same("person:jo@example.com", "members");
    ask(&denials, &jo, 7, 0);

    assert_eq!(ask(&denials, &jo, 1, 300), ["/6 and 2 more", "/0"]);
}

#[test]
fn others_and_other_things_are_counted_apart() {
    let denials = Denials::default();
    for (actor, what) in [("one", "members"), ("two", "members"), ("one", "audit")] {
        assert_eq!(ask(&denials, &same(actor, what), 9, 0).len(), 5, "{actor} {what}");
    }

    assert_eq!(denials.take(None).len(), 3);
}

#[test]
fn what_was_not_asked_for_again_is_not_told_twice() {
    let denials = Denials::default();
    ask(&denials, &same("one", "members"), 5, 0);

    assert!(denials.take(None).is_empty());
}

#[test]
fn a_clock_that_was_set_back_holds_nothing_back() {
    let denials = Denials::default();
    let jo = same("one", "members");
    ask(&denials, &jo, 9, 0);

    assert_eq!(denials.take(Some(at(-3600))).len(), 1);
}
