//! Makes samples of what was looked at, by what was looked at before. No input or output.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use berth_domain::statistics::{Requests, Sample};
use berth_domain::{Bytes, TenantId, Timestamp};
use berth_runtime::Stats;

/// What was counted longer ago than this says nothing about now.
const LONGEST: Duration = Duration::from_mins(30);

/// What was seen of a tenant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looked {
    pub(super) tenant: TenantId,
    pub(super) at: Timestamp,
    /// `None`: nothing of it runs, or nobody knows.
    pub(super) stats: Option<Stats>,
    pub(super) database: Option<Bytes>,
    /// Since this process serves it.
    pub(super) requests: Requests,
}

/// What was seen of each at the last look. Lost with the process, which costs the figures of one round.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<HashMap<TenantId, Looked>>);

impl Memory {
    /// Makes samples of a round that began at `at`, and remembers it.
    pub(super) fn take(&self, at: Timestamp, looked: Vec<Looked>) -> Vec<(TenantId, Sample)> {
        let mut before = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked
            .into_iter()
            .filter_map(|now| {
                let sample = sample(at, now, before.insert(now.tenant, now));
                sample.map(|sample| (now.tenant, sample))
            })
            .collect()
    }

    pub(super) fn forget_all_but(&self, there: &[TenantId]) {
        let there: HashSet<&TenantId> = there.iter().collect();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|tenant, _| there.contains(tenant));
    }
}

/// `None`: nothing runs, and nobody came.
fn sample(at: Timestamp, now: Looked, before: Option<Looked>) -> Option<Sample> {
    let before = before.and_then(|before| {
        let passed: Duration = now.at.duration_since(before.at).try_into().ok()?;
        (passed >= Duration::from_secs(1) && passed <= LONGEST).then_some((before, passed))
    });
    let requests =
        before.map(|(before, _)| now.requests.since(before.requests)).unwrap_or_default();
    if now.stats.is_none() && requests.all == 0 {
        return None;
    }
    let cpu_millis = before.and_then(|(before, passed)| {
        let (now, before) = (now.stats?.cpu_micros, before.stats?.cpu_micros);
        // A container that was made anew since then began to count anew, too.
        let used = now.checked_sub(before).unwrap_or(now);
        u64::try_from(u128::from(used) * 1000 / passed.as_micros()).ok()
    });
    Some(Sample {
        at,
        seconds: before.map_or(0, |(_, passed)| passed.as_secs()),
        cpu_millis,
        memory: now.stats.map(|stats| stats.memory),
        database: now.database,
        requests,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::from_secs(second)
    }

    fn tenant() -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(7))
    }

    fn looked(second: u64, cpu_micros: Option<u64>, requests: u64) -> Looked {
        Looked {
            tenant: tenant(),
            at: at(second),
            stats: cpu_micros.map(|cpu_micros| Stats { cpu_micros, memory: Bytes(9), pids: 3 }),
            database: Some(Bytes(40)),
            requests: Requests { all: requests, ..Requests::default() },
        }
    }

    fn taken(memory: &Memory, looked: Looked) -> Option<Sample> {
        memory.take(looked.at, vec![looked]).pop().map(|(_, sample)| sample)
    }

    #[test]
    fn the_first_look_at_a_tenant_tells_no_rate() {
        let memory = Memory::default();

        let first = taken(&memory, looked(0, Some(5_000_000), 900)).unwrap();
        let second = taken(&memory, looked(60, Some(35_000_000), 930)).unwrap();

        assert_eq!((first.seconds, first.cpu_millis, first.requests.all), (0, None, 0));
        assert_eq!((first.memory, first.database), (Some(Bytes(9)), Some(Bytes(40))));
        assert_eq!((second.seconds, second.cpu_millis, second.requests.all), (60, Some(500), 30));
    }

    #[test]
    fn a_container_that_was_made_anew_has_used_what_it_counted() {
        let memory = Memory::default();
        taken(&memory, looked(0, Some(90_000_000), 0));

        let sample = taken(&memory, looked(60, Some(6_000_000), 0)).unwrap();

        assert_eq!(sample.cpu_millis, Some(100));
    }

    #[test]
    fn what_rests_and_is_not_visited_has_no_sample() {
        let memory = Memory::default();

        assert_eq!(taken(&memory, looked(0, None, 7)), None);
        assert_eq!(taken(&memory, looked(60, None, 7)), None);
        let visited = taken(&memory, looked(120, None, 9)).unwrap();
        assert_eq!((visited.memory, visited.cpu_millis, visited.requests.all), (None, None, 2));
        let started = taken(&memory, looked(180, Some(5), 9)).unwrap();
        assert_eq!((started.memory, started.cpu_millis), (Some(Bytes(9)), None));
    }

    #[test]
    fn what_is_too_long_ago_or_to_come_tells_no_rate() {
        let memory = Memory::default();
        for second in [10_000, 20_000, 5, 5] {
            let sample = taken(&memory, looked(second, Some(second * 100), second)).unwrap();
            assert_eq!((sample.seconds, sample.cpu_millis, sample.requests.all), (0, None, 0));
        }
    }

    #[test]
    fn whoever_is_not_there_any_more_is_forgotten() {
        let memory = Memory::default();
        taken(&memory, looked(0, Some(5), 0));

        memory.forget_all_but(&[tenant()]);
        assert_eq!(taken(&memory, looked(60, Some(5), 0)).unwrap().seconds, 60);
        memory.forget_all_but(&[]);
        assert_eq!(taken(&memory, looked(120, Some(5), 0)).unwrap().seconds, 0);
    }
}
