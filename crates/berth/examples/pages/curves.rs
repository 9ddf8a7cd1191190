//! What tenants used, as if it had been sampled: a working day, with what is odd about each tenant. The same
//! at every run.

use std::time::Duration;

use berth_domain::statistics::{Requests, Sample, Step, Times};
use berth_domain::{Bytes, TenantId, Timestamp};
use berth_engine_testkit::Installation;
use berth_runtime::RuntimeError;
use berth_runtime::fake::{CallKind, FakeEngine};

/// How a tenant is used, at its busiest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habit {
    pub(crate) cpu_millis: u64,
    pub(crate) memory_mib: u64,
    pub(crate) requests: u64,
    pub(crate) millis: u64,
    pub(crate) database_mib: u64,
}

/// How busy each hour of a day is, in hundredths, in universal time.
const DAY: [u64; 24] =
    [8, 6, 5, 9, 6, 14, 38, 62, 84, 96, 88, 74, 70, 82, 92, 78, 58, 40, 30, 24, 20, 16, 12, 10];

/// Has the sampler find nothing, so that there is nothing but what is written here.
pub(crate) fn nobody_measures(runtime: &FakeEngine) {
    for _ in 0..4096 {
        runtime.fail_next(CallKind::Stats, RuntimeError::NoSuchWorkload("none".to_owned()));
    }
}

/// Writes what a tenant used in the week before.
pub(crate) async fn put(to: &Installation, tenant: TenantId, habit: Habit, now: Timestamp) {
    for (step, many) in [(Step::Minute, 118), (Step::TenMinutes, 150), (Step::Hour, 168)] {
        let first = step.begin(now);
        let at = |ago: u32| first - Duration::from_secs(step.seconds().unsigned_abs()) * ago;
        let samples: Vec<Sample> =
            (0..many).rev().map(|ago| sample(at(ago), step, habit, now)).collect();
        to.put_samples(tenant, step, &samples).await;
    }
}

fn sample(at: Timestamp, step: Step, habit: Habit, now: Timestamp) -> Sample {
    let minute = at.as_second().unsigned_abs() / 60;
    let seed = habit.database_mib;
    let busy = busy(minute, seed);
    let seconds = step.seconds().unsigned_abs();
    let all = habit.requests * busy * seconds / 100 + noise(minute, seed + 3, 4);
    let age = now.as_second().saturating_sub(at.as_second()).unsigned_abs() / 3600;
    Sample {
        at,
        seconds,
        cpu_millis: Some(habit.cpu_millis * (busy * 2 + noise(minute / 2, seed + 1, 90)) / 270 + 4),
        memory: Some(Bytes::mib(
            habit.memory_mib * (868 + busy + noise(minute, seed + 2, 36)) / 1000,
        )),
        database: Some(Bytes::mib(habit.database_mib - habit.database_mib * age / 4000)),
        requests: Requests {
            all,
            refused: all / 200,
            failed: u64::from(noise(minute, seed + 5, 100) > 93) * (1 + noise(minute, seed + 6, 3)),
            times: times(all.max(40), habit.millis, 6 + busy / 12 + noise(minute, seed + 4, 5)),
        },
    }
}

/// How busy a minute is, in hundredths: between two hours it goes on evenly.
fn busy(minute: u64, seed: u64) -> u64 {
    let place = |hour: u64| DAY[usize::try_from(hour % 24).unwrap_or_default()];
    let (hour, rest) = (minute / 60, minute % 60);
    let even = (place(hour) * (60 - rest) + place(hour + 1) * rest) / 60;
    let weekday = (minute / 1440 + 4) % 7;
    let even = if weekday == 0 || weekday == 6 { even / 4 } else { even };
    even * (72 + noise(minute / 4, seed + 7, 48)) / 100
}

/// A number below `most` that only depends on the others.
fn noise(minute: u64, of: u64, most: u64) -> u64 {
    let mut it = (minute ^ (of << 40)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (it ^ (it >> 31)) % most
}

/// Answers of which so many in 100 took as long as this, and the others less.
fn times(all: u64, slow_millis: u64, slow_of_100: u64) -> Times {
    let mut counts = [0; Times::PLACES];
    let place = Times::place(Duration::from_millis(slow_millis));
    let slow = (all * slow_of_100).div_ceil(100);
    counts[place] += slow;
    counts[place.saturating_sub(3)] += all.saturating_sub(slow);
    Times::of(counts)
}
