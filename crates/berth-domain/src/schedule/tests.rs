use super::*;
use uuid::Uuid;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn schedule(cron: &str, catch_up: Duration) -> Schedule {
    Schedule {
        id: ScheduleId::from_uuid(Uuid::from_u128(1)),
        organisation: OrganisationId::from_uuid(Uuid::from_u128(2)),
        name: "nightly".parse().expect("a name"),
        action: Action::Restart,
        targets: Targets::Tag("eu".parse().expect("a tag")),
        cron: cron.parse().expect("an expression"),
        zone: "Europe/Berlin".parse().expect("a zone"),
        paused: false,
        catch_up,
        next_at: None,
        created_at: at("2026-01-01T00:00:00Z"),
        created_by: Actor::System,
    }
}

#[test]
fn what_is_due_is_begun_in_time() {
    let nightly = schedule("0 3 * * *", Duration::from_hours(1));
    let due = at("2026-06-01T01:00:00Z");

    assert_eq!(
        nightly.decide(due, at("2026-06-01T01:00:09Z")),
        Due::Run { at: due, is_late: false }
    );
    assert_eq!(nightly.next(due), Some(at("2026-06-02T01:00:00Z")));
}

#[test]
fn what_was_missed_is_made_up_for_once_and_only_while_it_is_not_too_late() {
    let nightly = schedule("0 3 * * *", Duration::from_hours(1));
    let due = at("2026-06-01T01:00:00Z");
    let newest = at("2026-06-05T01:00:00Z");

    assert_eq!(
        nightly.decide(due, at("2026-06-05T01:59:00Z")),
        Due::Run { at: newest, is_late: true }
    );
    assert_eq!(nightly.decide(due, at("2026-06-05T02:01:00Z")), Due::Missed { at: newest });
}

#[test]
fn without_catching_up_everything_late_is_missed() {
    let nightly = schedule("0 3 * * *", Duration::ZERO);
    let due = at("2026-06-01T01:00:00Z");

    assert_eq!(nightly.decide(due, at("2026-06-01T01:02:00Z")), Due::Missed { at: due });
}

#[test]
fn a_clock_that_jumps_an_hour_ahead_makes_one_run() {
    let often = schedule("*/5 * * * *", Duration::from_hours(1));
    let now = at("2026-06-01T11:07:00Z");

    let decided = often.decide(at("2026-06-01T10:05:00Z"), now);

    assert_eq!(decided, Due::Run { at: at("2026-06-01T11:05:00Z"), is_late: true });
    assert_eq!(often.next(now), Some(at("2026-06-01T11:10:00Z")));
}

#[test]
fn a_clock_that_jumps_back_makes_none() {
    let often = schedule("*/5 * * * *", Duration::from_hours(1));

    let decided = often.decide(at("2026-06-01T10:05:00Z"), at("2026-06-01T09:01:00Z"));

    assert_eq!(decided, Due::Nothing);
}

#[test]
fn crooked_names_are_refused() {
    for text in ["", "Nightly", "-x", "1st", "a b", "a\nb", &"a".repeat(41)] {
        assert!(text.parse::<Label>().is_err(), "{text}");
    }
}
