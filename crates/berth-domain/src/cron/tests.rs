use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Cron, InvalidCron};

fn cron(text: &str) -> Cron {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

/// The next moments, as the wall clock of the zone shows them.
fn runs(text: &str, name: &str, after: &str, how_many: usize) -> Vec<String> {
    let after: Timestamp = after.parse().expect("an instant");
    let moments = cron(text).upcoming(after, &zone(name), how_many);
    moments
        .into_iter()
        .map(|at| at.to_zoned(zone(name)).strftime("%Y-%m-%d %H:%M%:z").to_string())
        .collect()
}

#[test]
fn a_time_that_does_not_exist_comes_at_the_first_instant_after_the_gap() {
    assert_eq!(
        runs("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29 03:00+02:00", "2026-03-30 02:30+02:00"]
    );
    assert_eq!(
        runs("0,15,30 2 * * *", "America/New_York", "2026-03-08T05:00:00Z", 2),
        ["2026-03-08 03:00-04:00", "2026-03-09 02:00-04:00"]
    );
    assert_eq!(
        runs("10 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2),
        ["2026-10-04 02:30+11:00", "2026-10-05 02:10+11:00"]
    );
}

#[test]
fn a_time_that_exists_twice_comes_once_and_the_first_time() {
    assert_eq!(
        runs("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"]
    );
    assert_eq!(
        runs("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2),
        ["2026-04-05 01:45+11:00", "2026-04-06 01:45+10:30"]
    );
}

#[test]
fn every_so_often_goes_by_the_wall_clock_whatever_it_does() {
    assert_eq!(
        runs("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3),
        ["2026-03-29 01:30+01:00", "2026-03-29 03:00+02:00", "2026-03-29 03:30+02:00"]
    );
    assert_eq!(
        runs("0 * * * *", "America/New_York", "2026-11-01T04:30:00Z", 3),
        ["2026-11-01 01:00-04:00", "2026-11-01 01:00-05:00", "2026-11-01 02:00-05:00"]
    );
    assert_eq!(
        runs("*/15 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 1),
        ["2026-03-30 02:00+02:00"]
    );
}

#[test]
fn a_day_that_a_zone_left_out_comes_when_the_next_begins() {
    assert_eq!(
        runs("30 9 30 12 *", "Pacific/Apia", "2011-12-30T00:00:00Z", 1),
        ["2011-12-31 00:00+14:00"]
    );
}

#[test]
fn zones_may_be_off_by_odd_amounts() {
    assert_eq!(
        runs("0 6 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", 2),
        ["2026-01-01 06:00+05:45", "2026-01-02 06:00+05:45"]
    );
}

#[test]
fn days_that_not_every_month_or_year_has() {
    assert_eq!(runs("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1), ["2104-02-29 00:00+00:00"]);
    assert_eq!(
        runs("0 0 31 * *", "UTC", "2026-01-31T00:00:00Z", 3),
        ["2026-03-31 00:00+00:00", "2026-05-31 00:00+00:00", "2026-07-31 00:00+00:00"]
    );
    assert!(
        cron("0 0 29 2 */6").next("2090-01-01T00:00:00Z".parse().unwrap(), &zone("UTC")).is_some()
    );
}

#[test]
fn a_day_of_month_or_a_day_of_week_is_enough() {
    assert_eq!(
        runs("0 0 13 * FRI", "UTC", "2026-11-10T00:00:00Z", 3),
        ["2026-11-13 00:00+00:00", "2026-11-20 00:00+00:00", "2026-11-27 00:00+00:00"]
    );
    assert_eq!(
        runs("0 0 1-7 * *", "UTC", "2026-11-06T12:00:00Z", 2),
        ["2026-11-07 00:00+00:00", "2026-12-01 00:00+00:00"]
    );
    // A field that begins with a star restricts together with the other one.
    assert_eq!(
        runs("0 0 */10 * MON", "UTC", "2026-11-29T00:00:00Z", 1),
        ["2026-12-21 00:00+00:00"]
    );
}

#[test]
fn what_can_never_happen_is_refused() {
    for text in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 FEB *"] {
        assert!(matches!(text.parse::<Cron>(), Err(InvalidCron::Never { .. })), "{text}");
    }
    assert!("0 0 30 2 MON".parse::<Cron>().is_ok(), "Mondays in February");
}

#[test]
fn bad_and_hostile_texts_are_refused() {
    for text in [
        "",
        "*",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5/10 * * * *",
        "*/0 * * * *",
        "*/61 * * * *",
        "5-1 * * * *",
        "1,,2 * * * *",
        "-1 * * * *",
        "+1 * * * *",
        "001 * * * *",
        "* * * MONDAY *",
        "* * * * JAN",
        "@reboot",
        "* * * * ;reboot",
        "*/ * * * *",
        "1- * * * *",
        "٣ * * * *",
        "*-5 * * * *",
    ] {
        assert!(text.parse::<Cron>().is_err(), "{text}");
    }
    assert!("1,".repeat(5000).parse::<Cron>().is_err());
}

#[test]
fn what_went_wrong_is_said_with_what_would_be_right() {
    let error = "0 25 * * *".parse::<Cron>().expect_err("no such hour");

    assert_eq!(
        error.to_string(),
        "`25` is not a hour: use 0 to 23, lists, ranges and steps such as `3`, `*/2` or `8-18`"
    );
}

#[test]
fn in_words() {
    let words: Vec<String> = [
        "* * * * *",
        "*/5 * * * *",
        "0 * * * *",
        "30 3 * * *",
        "@daily",
        "@weekly",
        "@monthly",
        "@yearly",
        "0 8,18 * * MON-FRI",
        "30 3 * * 1-5",
        "0 0 13 * FRI",
        "0 0 1,15 JAN-MAR *",
        "0 */2 * * *",
        "0-10 8-18 * * *",
        "0 0 */10 * MON",
        "7,37 * * * SAT,SUN",
        "0 0 1-31 * FRI",
    ]
    .into_iter()
    .map(|text| format!("{text:22} {}", cron(text).describe()))
    .collect();

    insta::assert_snapshot!(words.join("\n"));
}

fn field(least: u8, most: u8) -> impl Strategy<Value = String> {
    let entry = prop_oneof![
        (least..=most).prop_map(|n| n.to_string()),
        (least..=most, least..=most).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        (least..=most, least..=most, 1..5_u8).prop_map(|(a, b, n)| format!(
            "{}-{}/{n}",
            a.min(b),
            a.max(b)
        )),
    ];
    prop_oneof![
        2 => Just("*".to_owned()),
        1 => (1..20_u8).prop_map(move |n| format!("*/{}", n.min(most))),
        3 => prop::collection::vec(entry, 1..3).prop_map(|entries| entries.join(",")),
    ]
}

/// A day field that restricts or does not: what `*/2` means beside the other one, crons disagree on.
fn day(least: u8, most: u8) -> impl Strategy<Value = String> {
    field(least, most).prop_map(|text| if text.starts_with("*/") { "*".to_owned() } else { text })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn another_evaluator_finds_the_same_moments(
        minute in field(0, 59), hour in field(0, 23), day in day(1, 31), month in field(1, 12),
        weekday in day(0, 6), at in 1_700_000_000_i64..2_000_000_000,
    ) {
        let text = format!("{minute} {hour} {day} {month} {weekday}");
        let Ok(cron) = text.parse::<Cron>() else { return Ok(()) };
        let oracle: croner::Cron = text.parse().expect("an expression");
        let mut theirs = chrono::DateTime::from_timestamp(at, 0).expect("an instant");
        let mut ours = Timestamp::from_second(at).expect("an instant");

        for _ in 0..4 {
            ours = cron.next(ours, &TimeZone::UTC).expect("a moment");
            theirs = oracle.find_next_occurrence(&theirs, false).expect("a moment");
            prop_assert_eq!(ours.as_second(), theirs.timestamp(), "{}", text);
        }
    }

    #[test]
    fn the_last_moment_is_the_one_before_the_next(
        minute in field(0, 59), hour in field(0, 23), weekday in day(0, 6),
        at in 1_700_000_000_i64..2_000_000_000,
        name in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
        ]),
    ) {
        let (cron, zone) = (cron(&format!("{minute} {hour} * * {weekday}")), zone(name));
        let at = Timestamp::from_second(at).expect("an instant");

        let next = cron.next(at, &zone).expect("a moment");
        let last = cron.last(at, &zone).expect("a moment");

        prop_assert!(last <= at && at < next);
        prop_assert_eq!(cron.next(last, &zone), Some(next));
        prop_assert_eq!(cron.last(next, &zone), Some(next));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[ -~*/,0-9@]{0,40}") {
        let _ = text.parse::<Cron>();
    }
}
