use std::sync::Arc;

use berth_domain::statistics::{Requests, Sample, Step};
use berth_domain::{Actor, Bytes, Tenant};
use berth_runtime::fake::CallKind;
use berth_runtime::{Role, Stats};
use berth_testkit::FixedClock;
use jiff::SignedDuration;

use super::*;
use crate::asker::Asker;
use crate::engine::testing::TestEngine;
use crate::view::StatisticsView;
use crate::{Engine, EngineError};

const ORG: &str = "default";

/// An engine whose clock stands at ten.
struct Scene {
    engine: TestEngine,
    clock: Arc<FixedClock>,
    tenants: Vec<Tenant>,
}

impl Scene {
    async fn with(names: &[&str]) -> Self {
        let mut engine = TestEngine::new().await;
        let clock = Arc::new(FixedClock::default());
        let inner = Arc::get_mut(&mut engine.inner).expect("nobody else has it yet");
        inner.clock = clock.clone();
        let tenants = engine.populate(names).await;
        Self { engine, clock, tenants }
    }

    fn named(&self, name: &str) -> &Tenant {
        self.tenants.iter().find(|tenant| tenant.name.as_str() == name).unwrap()
    }

    fn workload(&self, name: &str) -> WorkloadName {
        WorkloadName::tenant(&self.named(name).id.object_name())
    }

    async fn run(&self, name: &str) {
        let spec = self.engine.runtime.plain(&self.workload(name), Role::Tenant);
        let workloads = self.engine.inner.runtime.workloads.clone();
        workloads.ensure(&spec).await.unwrap();
        workloads.start(&spec.name).await.unwrap();
    }

    fn uses(&self, name: &str, cpu_seconds: u64, memory: Bytes) {
        let stats = Stats { cpu_micros: cpu_seconds * 1_000_000, memory, pids: 7 };
        self.engine.runtime.set_stats(self.workload(name).as_str(), stats);
    }

    /// Lets a minute pass, and looks at everybody.
    async fn round(&self) {
        self.clock.advance(SignedDuration::from_mins(1));
        round(&self.engine.inner).await.unwrap();
    }

    async fn asked(&self, name: &str, range: &str) -> Result<StatisticsView, EngineError> {
        let engine = Engine(Arc::clone(&self.engine.inner), Asker::INSIDE);
        engine.tenant_statistics(&Actor::System, ORG, name, Some(range)).await
    }

    async fn samples(&self, name: &str, range: &str) -> Vec<Sample> {
        self.asked(name, range).await.unwrap().samples
    }

    async fn kept(&self, step: Step) -> usize {
        let mut tx = self.engine.inner.store.read().await.unwrap();
        let ever = (Timestamp::UNIX_EPOCH, self.clock_now() + Duration::from_hours(1));
        statistics::between(&mut tx, step, ever).await.unwrap().rows.len()
    }

    fn clock_now(&self) -> Timestamp {
        self.engine.inner.clock.now()
    }

    /// As if somebody had sampled every minute for so long, up to now.
    async fn live_through(&self, name: &str, minutes: u64) {
        let tenant = self.named(name).id;
        let mut tx = self.engine.inner.store.begin().await.unwrap();
        for ago in (0..minutes).rev() {
            let sample = Sample {
                at: self.clock_now() - Duration::from_mins(ago),
                seconds: 60,
                cpu_millis: Some(100 + ago % 7),
                memory: Some(Bytes(1000 + ago)),
                database: None,
                requests: Requests { all: 3, ..Requests::default() },
            };
            statistics::write(&mut tx, Step::Minute, &[(tenant, sample)]).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

fn on_a_scene(names: &[&str], test: impl AsyncFnOnce(Scene)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let test = async { test(Scene::with(names).await).await };
    tokio::task::LocalSet::new().block_on(&runtime.unwrap(), test);
}

#[test]
fn what_runs_is_sampled_and_what_does_not_is_a_gap() {
    on_a_scene(&["acme", "stopped"], async |scene| {
        scene.run("acme").await;
        scene.uses("acme", 100, Bytes::mib(300));
        scene.round().await;
        scene.uses("acme", 115, Bytes::mib(310));
        let acme = scene.named("acme").id;
        scene.engine.inner.traffic.count(acme, 200, Duration::from_millis(30));
        scene.engine.inner.traffic.count(acme, 500, Duration::from_millis(30));
        scene.round().await;
        let workload = scene.workload("acme");
        scene.engine.inner.runtime.workloads.stop(&workload).await.unwrap();
        scene.round().await;

        let samples = scene.samples("acme", "1h").await;

        assert_eq!(samples.len(), 2, "{samples:?}");
        assert_eq!(samples[0].cpu_millis, None);
        assert_eq!((samples[1].cpu_millis, samples[1].seconds), (Some(250), 60));
        assert_eq!(samples[1].memory, Some(Bytes::mib(310)));
        assert_eq!((samples[1].requests.all, samples[1].requests.failed), (2, 1));
        assert_eq!(samples[1].p95(), Some(Duration::from_millis(40)));
        assert_eq!(scene.samples("stopped", "7d").await, []);
    });
}

#[test]
fn an_engine_that_is_away_is_left_alone_and_visitors_are_counted_all_the_same() {
    on_a_scene(&["acme", "globex", "initech"], async |scene| {
        for name in ["acme", "globex", "initech"] {
            scene.run(name).await;
        }
        scene.round().await;
        let globex = scene.named("globex").id;
        scene.engine.inner.traffic.count(globex, 503, Duration::ZERO);
        scene.engine.runtime.set_reachable(false);
        let before = scene.engine.runtime.calls(CallKind::Stats);

        scene.round().await;

        assert_eq!(scene.engine.runtime.calls(CallKind::Stats) - before, 1);
        let globex = scene.samples("globex", "1h").await.pop().unwrap();
        assert_eq!((globex.memory, globex.requests.failed), (None, 1));
        assert_eq!(scene.samples("acme", "1h").await.len(), 1);
    });
}

#[test]
fn one_container_that_cannot_be_measured_keeps_nobody_else_from_it() {
    on_a_scene(&["acme", "globex"], async |scene| {
        scene.run("acme").await;
        scene.run("globex").await;
        let message = "no such cgroup".to_owned();
        let refused = RuntimeError::Refused { action: "measure the container", message };
        scene.engine.runtime.fail_next(CallKind::Stats, refused);

        scene.round().await;

        assert_eq!(scene.kept(Step::Minute).await, 1);
    });
}

#[test]
fn what_is_over_is_merged_once_and_what_is_old_is_forgotten() {
    on_a_scene(&["acme"], async |scene| {
        scene.live_through("acme", 4 * 60).await;

        tidy::tidy(&scene.engine.inner).await.unwrap();

        let kept = async || {
            let [minute, ten, hour] = Step::ALL;
            (scene.kept(minute).await, scene.kept(ten).await, scene.kept(hour).await)
        };
        // At ten o'clock sharp: two hours in minutes, and what they are merged into.
        assert_eq!(kept().await, (121, 12, 2));
        tidy::tidy(&scene.engine.inner).await.unwrap();
        assert_eq!(kept().await, (121, 12, 2));

        scene.clock.advance(SignedDuration::from_hours(24 * 8));
        tidy::tidy(&scene.engine.inner).await.unwrap();
        assert_eq!(kept().await, (0, 0, 0));
    });
}

#[test]
fn a_range_is_the_same_before_and_after_it_was_merged() {
    on_a_scene(&["acme"], async |scene| {
        scene.live_through("acme", 60).await;
        let before = (scene.samples("acme", "24h").await, scene.samples("acme", "7d").await);

        tidy::tidy(&scene.engine.inner).await.unwrap();

        let after = (scene.samples("acme", "24h").await, scene.samples("acme", "7d").await);
        assert_eq!(before, after);
        let requests = |samples: &[Sample]| samples.iter().map(|one| one.requests.all).sum::<u64>();
        assert_eq!((requests(&after.0), requests(&after.1)), (180, 180));
        assert_eq!((after.0.len(), after.1.len()), (7, 2));
    });
}

#[test]
fn a_clock_that_was_ahead_leaves_nothing_that_holds_merging_up() {
    on_a_scene(&["acme"], async |scene| {
        scene.clock.advance(SignedDuration::from_hours(5));
        scene.live_through("acme", 30).await;
        tidy::tidy(&scene.engine.inner).await.unwrap();
        scene.clock.advance(SignedDuration::from_hours(-5));
        scene.live_through("acme", 30).await;

        tidy::tidy(&scene.engine.inner).await.unwrap();

        assert_eq!(scene.kept(Step::TenMinutes).await, 3);
        assert_eq!(scene.samples("acme", "24h").await.len(), 4);
    });
}

#[test]
fn what_a_clock_that_was_ahead_merged_is_merged_again_when_it_is_over() {
    on_a_scene(&["acme"], async |scene| {
        scene.clock.advance(SignedDuration::from_mins(40));
        scene.live_through("acme", 30).await;
        tidy::tidy(&scene.engine.inner).await.unwrap();
        scene.clock.advance(SignedDuration::from_mins(-25));
        tidy::tidy(&scene.engine.inner).await.unwrap();
        assert_eq!(scene.kept(Step::TenMinutes).await, 0);

        scene.clock.advance(SignedDuration::from_mins(6));
        scene.live_through("acme", 6).await;
        tidy::tidy(&scene.engine.inner).await.unwrap();

        let merged = scene.samples("acme", "24h").await;
        // Five of the first time, from 10:11 to 10:15, and four of the second.
        assert_eq!(merged[0].requests.all, 3 * 9, "{merged:?}");
    });
}

#[test]
fn a_round_of_very_many_is_not_out_of_date_before_the_next_one_is_over() {
    let now = Timestamp::UNIX_EPOCH + Duration::from_hours(1);
    let minutes = |tenants| now.duration_since(is_recent_since(now, tenants)).as_secs() / 60;

    assert_eq!([0, 20, 1920].map(minutes), [3, 3, 3]);
    assert_eq!(minutes(10_000), 11);
}

#[test]
fn a_fleet_is_the_last_hour_of_those_who_are_asked_for() {
    on_a_scene(&["acme", "globex"], async |scene| {
        scene.live_through("acme", 90).await;
        scene.live_through("globex", 2).await;
        let engine = Engine(Arc::clone(&scene.engine.inner), Asker::INSIDE);
        let names = ["acme", "nobody"].map(|name| name.parse().unwrap());

        let fleet = engine.fleet_statistics(&Actor::System, ORG, &names).await.unwrap();

        assert_eq!(
            fleet.keys().map(berth_domain::TenantName::as_str).collect::<Vec<_>>(),
            ["acme"]
        );
        assert_eq!(fleet.values().next().unwrap().len(), 21);
        assert_eq!(engine.usage_metrics().await.unwrap().len(), 2);
    });
}

#[test]
fn what_is_no_range_and_what_is_no_tenant_are_told() {
    on_a_scene(&["acme"], async |scene| {
        let refused = scene.asked("acme", "30d").await.unwrap_err();
        assert!(refused.to_string().contains("use 1h, 24h or 7d"), "{refused}");
        let unknown = scene.asked("nobody", "1h").await.unwrap_err();
        assert!(matches!(unknown, EngineError::NoSuchTenant(_)), "{unknown}");
    });
}
