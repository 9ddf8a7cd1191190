use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn times(all: &[u64]) -> Times {
    let mut counts = [0; Times::PLACES];
    for millis in all {
        counts[Times::place(Duration::from_millis(*millis))] += 1;
    }
    Times::of(counts)
}

fn sample(second: i64, cpu: Option<u64>, memory: Option<u64>) -> Sample {
    Sample {
        at: at(second),
        seconds: 60,
        cpu_millis: cpu,
        memory: memory.map(Bytes),
        database: None,
        requests: Requests { all: 2, refused: 1, failed: 0, times: times(&[5, 90]) },
    }
}

#[test]
fn merging_averages_processor_time_keeps_the_most_memory_and_adds_requests_up() {
    let mut samples = vec![
        sample(0, Some(100), Some(7)),
        sample(60, Some(300), Some(9)),
        sample(120, None, None),
        sample(600, Some(50), Some(1)),
    ];
    samples[0].database = Some(Bytes(40));
    samples[1].database = Some(Bytes(41));
    samples[1].seconds = 180;

    let merged = merge(&samples, Step::TenMinutes);

    assert_eq!(merged.len(), 2);
    let first = &merged[0];
    assert_eq!((first.at, first.seconds), (at(0), 300));
    assert_eq!(first.cpu_millis, Some((100 * 60 + 300 * 180) / 240));
    assert_eq!((first.memory, first.database), (Some(Bytes(9)), Some(Bytes(41))));
    assert_eq!((first.requests.all, first.requests.refused), (6, 3));
    assert_eq!(first.requests.times, times(&[5, 90, 5, 90, 5, 90]));
    assert_eq!((merged[1].at, merged[1].cpu_millis), (at(600), Some(50)));
}

#[test]
fn merging_twice_is_merging_once() {
    let minutes: Vec<Sample> = (0..180).map(|n| sample(n * 60, Some(120), Some(5))).collect();

    let at_once = merge(&minutes, Step::Hour);

    assert_eq!(merge(&merge(&minutes, Step::TenMinutes), Step::Hour), at_once);
    assert_eq!(merge(&at_once, Step::Hour), at_once);
    assert_eq!(at_once.len(), 3);
}

#[test]
fn what_nobody_knows_stays_unknown() {
    let mut unknown = sample(0, None, None);
    unknown.seconds = 0;

    let merged = merge(&[unknown], Step::Hour);

    assert_eq!((merged[0].cpu_millis, merged[0].memory, merged[0].database), (None, None, None));
    assert_eq!(merged[0].requests_per_1000_seconds(), None);
    assert!(merge(&[], Step::Hour).is_empty());
}

#[test]
fn a_percentile_lies_between_the_bounds_of_its_answers() {
    let p95 = |all: &[u64]| times(all).percentile(95).map(|it| it.as_millis());

    assert_eq!(p95(&[]), None);
    assert_eq!(p95(&[5]), Some(10));
    assert_eq!(p95(&[30_000]), Some(20_000));
    let mostly_quick: Vec<u64> = std::iter::repeat_n(5, 95).chain([900; 5]).collect();
    assert_eq!(p95(&mostly_quick), Some(10));
    let often_slow: Vec<u64> = std::iter::repeat_n(5, 90).chain([900; 10]).collect();
    let slow = p95(&often_slow).unwrap();
    assert!((650..=1000).contains(&slow), "{slow}");
}

#[test]
fn times_are_read_as_they_are_written() {
    for all in [&[][..], &[5], &[5, 90, 90, 30_000]] {
        let written = times(all).to_string();
        assert_eq!(written.parse(), Ok(times(all)), "{written}");
    }
    assert_eq!(times(&[]).to_string(), "");
    let too_many = "1 ".repeat(Times::PLACES + 1);
    for odd in ["-1", "x", "1 2 a", too_many.as_str()] {
        assert!(odd.parse::<Times>().is_err(), "{odd}");
    }
}

#[test]
fn counters_that_began_anew_count_in_full() {
    let before = Requests { all: 7, refused: 1, failed: 0, times: times(&[5, 5]) };
    let more = Requests { all: 9, refused: 1, failed: 1, times: times(&[5, 5, 90]) };
    let anew = Requests { all: 8, refused: 0, failed: 0, times: times(&[5, 5]) };

    assert_eq!(more.since(before), Requests { all: 2, refused: 0, failed: 1, times: times(&[90]) });
    assert_eq!(anew.since(before), anew);
}

#[test]
fn steps_begin_on_the_clock() {
    let noon = Timestamp::from_second(1_800_014_400).unwrap();
    let later = noon + Duration::from_secs(754);

    assert_eq!(Step::Minute.begin(later), noon + Duration::from_mins(12));
    assert_eq!(Step::TenMinutes.begin(later), noon + Duration::from_mins(10));
    assert_eq!(Step::TenMinutes.end(later), noon + Duration::from_mins(20));
    assert_eq!(Step::Hour.begin(noon), noon);
    let early = Timestamp::from_second(-1).unwrap();
    assert_eq!(Step::Minute.begin(early), Timestamp::from_second(-60).unwrap());
}
