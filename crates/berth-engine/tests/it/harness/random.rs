//! Random faults during random operations on a handful of tenants.
//!
//! The seed decides what is done and what goes wrong. `BERTH_SEED` repeats a run, `BERTH_FAULTS` says
//! how many faults there are to be. Operations run beside each other and some kills fall at a moment
//! and not at a place, so a run that is repeated is alike and not the same.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{Tenant, TenantId};
use berth_engine::failpoint::{Direction, Phase};
use berth_engine::view::OperationView;
use berth_engine::{EngineError, Kind};
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::RuntimeError;
use berth_runtime::fake::CallKind;
use berth_testkit::dice::Dice;

use super::digests::{digest, plant};
use super::invariants::{stuck, violations};
use super::inventory::Inventory;
use super::scenes::{Scene, scenes};
use super::script::{Act, Rule, at};
use super::site::Site;
use super::standing::{self, Standing};

/// How many faults there are when nobody asks for more.
const FEW: u32 = 150;
/// How often somebody who asks may be told that something is away, in one round.
const MOST_REFUSALS: u32 = 20;
/// How many tenants there may be at the same time.
const TENANTS: usize = 5;
/// Everything is at rest within this time.
const REST: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(3);

#[test]
fn random_faults_leave_no_orphan_no_ghost_and_all_data() {
    let seed = asked("BERTH_SEED").unwrap_or_else(any_seed);
    let faults = asked("BERTH_FAULTS").map_or(FEW, |count| u32::try_from(count).unwrap());
    let mut chaos = Chaos::new(seed);
    while chaos.happened < faults {
        let round = catch_unwind(AssertUnwindSafe(|| chaos.round()));
        if let Err(panic) = round {
            chaos.tell(&format!("repeat it with BERTH_SEED={seed} BERTH_FAULTS={faults}"));
            resume_unwind(panic);
        }
    }
    chaos.tell("nothing is left over, nothing is missing, and all data are what they were");
}

fn asked(name: &str) -> Option<u64> {
    let text = std::env::var_os(name)?.into_string().ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")))
}

/// Another one every time.
fn any_seed() -> u64 {
    use berth_domain::IdSource as _;

    berth_testkit::RandomIds.uuid().as_u64_pair().1
}

/// What goes wrong in a round.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// Steps fail, hang, and are killed and cancelled at their places.
    Places,
    /// Calls of the engine fail before or after they took effect.
    Engine,
    /// The process is killed at some moment.
    Moment,
}

/// An operation of this round.
struct Begun {
    id: String,
    scene: Scene,
    tenant: Option<TenantId>,
    /// As it was before its row was taken away.
    lost: Option<Tenant>,
}

struct Chaos {
    site: Site,
    dice: Dice,
    seed: u64,
    /// Faults so far.
    happened: u32,
    rounds: u32,
    /// Tenants made so far.
    made: u32,
    /// What each tenant's data are.
    data: BTreeMap<TenantId, String>,
    /// The steps of each kind that was seen.
    steps: BTreeMap<OperationKind, Vec<String>>,
}

impl Chaos {
    fn new(seed: u64) -> Self {
        Self {
            site: Site::new(),
            dice: Dice::new(seed),
            seed,
            happened: 0,
            rounds: 0,
            made: 0,
            data: BTreeMap::new(),
            steps: BTreeMap::new(),
        }
    }

    fn tell(&self, what: &str) {
        let Self { seed, rounds, happened, .. } = self;
        // Nobody may be listening.
        let _ = writeln!(
            std::io::stderr(),
            "seed {seed}: {happened} faults in {rounds} rounds, {} tenants: {what}",
            self.data.len()
        );
    }

    /// Some operations, what goes wrong meanwhile, and a look at what came of it.
    fn round(&mut self) {
        self.rounds += 1;
        if self.rounds.is_multiple_of(100) {
            self.tell("so far");
        }
        let found = Inventory::of(&self.site);
        let trouble = *self.dice.one_of(&[Trouble::Places, Trouble::Engine, Trouble::Moment]);
        let plans = self.plans(&found);
        self.arm(trouble, &plans);
        let begun: Vec<Begun> = plans.iter().map(|plan| self.begin(plan)).collect();
        if let Trouble::Moment = trouble {
            self.kill_at_some_moment();
        }
        let views = self.see_through(&begun);
        self.count();
        let context = format!("{trouble:?}: {}", words(&begun, &views));
        self.judge(&begun, &views, &context);
    }

    /// What is done in this round: scenes, and the tenants they are about.
    fn plans(&mut self, found: &Inventory) -> Vec<(Scene, Option<(TenantId, String)>)> {
        let mut there: Vec<_> = found.tenants.iter().collect();
        let mut plans = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let makes_one = there.len() < TENANTS && self.dice.below(TENANTS) >= there.len();
            let tenant = if makes_one || there.is_empty() {
                None
            } else {
                let index = self.dice.below(there.len());
                Some(there.remove(index))
            };
            let standing = Standing::of(tenant).expect("the round before left order");
            let possible: Vec<Scene> = OperationKind::ALL
                .iter()
                .flat_map(|kind| scenes(*kind))
                .filter(|scene| begins_from(scene, standing) && !scene.builds_blueprint)
                .collect();
            let scene = *self.dice.one_of(&possible);
            plans.push((scene, tenant.map(|tenant| (tenant.id, tenant.name.to_string()))));
        }
        plans
    }

    fn arm(&mut self, trouble: Trouble, plans: &[(Scene, Option<(TenantId, String)>)]) {
        let mut rules = Vec::new();
        match trouble {
            Trouble::Places => {
                for (scene, _) in plans {
                    for _ in 0..=self.dice.below(2) {
                        rules.extend(self.rule(scene.kind));
                    }
                }
            }
            Trouble::Engine => {
                for _ in 0..=self.dice.below(4) {
                    self.spoil_a_call();
                }
            }
            Trouble::Moment => {}
        }
        self.site.script.begin(rules);
    }

    /// Something that goes wrong at a step of this kind, once its steps are known.
    fn rule(&mut self, kind: OperationKind) -> Option<Rule> {
        let steps = self.steps.get(&kind)?.clone();
        let step = self.dice.one_of(&steps).clone();
        // Most operations are not undone, so that is where rules are wasted.
        let direction = if self.dice.below(4) == 0 { Direction::Undo } else { Direction::Run };
        let phase = *self.dice.one_of(&Phase::ALL);
        let act = *self.dice.one_of(&[Act::Fail, Act::Falter, Act::Park, Act::Park, Act::Overrun]);
        let phase = match act {
            Act::Park => phase,
            Act::Overrun => Phase::Effect,
            Act::Fail | Act::Falter if phase == Phase::Journal => Phase::Before,
            Act::Fail | Act::Falter => phase,
        };
        let times = 1 + u32::try_from(self.dice.below(4)).expect("a small number");
        Some(Rule { place: at(kind, &step, direction, phase), act, times })
    }

    fn spoil_a_call(&mut self) {
        let call = *self.dice.one_of(&[
            CallKind::WorkloadEnsure,
            CallKind::WorkloadStart,
            CallKind::WorkloadStop,
            CallKind::WorkloadRemove,
            CallKind::WorkloadObserve,
            CallKind::NetworkEnsure,
            CallKind::NetworkRemove,
        ]);
        let error = match self.dice.below(3) {
            0 => RuntimeError::Unreachable("a test cut the connection".into()),
            1 => RuntimeError::TimedOut { action: "do that", seconds: 30 },
            _ => RuntimeError::Refused { action: "do that", message: "a test said so".to_owned() },
        };
        let engine = &self.site.installation.runtime;
        if self.dice.below(2) == 0 || call == CallKind::WorkloadObserve {
            engine.fail_next(call, error);
        } else {
            engine.lose_answer(call, error);
        }
        self.happened += 1;
    }

    fn begin(&mut self, (scene, tenant): &(Scene, Option<(TenantId, String)>)) -> Begun {
        let name = if let Some((_, name)) = &tenant {
            name.clone()
        } else {
            self.made += 1;
            format!("tenant-{}", self.made)
        };
        let mut lost = None;
        if let (Standing::Orphaned, Some((id, _))) = (scene.before, tenant) {
            let found = Inventory::of(&self.site);
            let tenant = found.tenant(*id).expect("it was there a moment ago");
            standing::lose_row(&self.site, tenant, &name);
            lost = Some(tenant.clone());
        }
        let ask = scene.ask;
        let asked = self.site.with(async |engine| {
            // A fault may hit whoever only asks. Each hits once, and whoever was told so asks again.
            for _ in 0..MOST_REFUSALS {
                match ask(engine, &name).await {
                    Err(error) if error.kind() == Kind::Unavailable => {}
                    answered => return answered,
                }
            }
            ask(engine, &name).await
        });
        let id = asked.unwrap_or_else(|error| panic!("{} of {name}: {error}", scene.kind));
        Begun { id, scene: *scene, tenant: tenant.as_ref().map(|(id, _)| *id), lost }
    }

    fn kill_at_some_moment(&mut self) {
        for _ in 0..=self.dice.below(2) {
            let micros = u64::try_from(self.dice.below(60_000)).expect("a small number");
            std::thread::sleep(Duration::from_micros(micros));
            self.site.kill();
            self.site.start();
            self.happened += 1;
        }
    }

    /// Waits until everything is at rest; what stands still is killed or cancelled, and what is stuck
    /// is tried again once nothing goes wrong any more.
    fn see_through(&mut self, begun: &[Begun]) -> Vec<OperationView> {
        let first = self.rest(begun);
        let unused = self.site.installation.runtime.relent();
        self.happened -= u32::try_from(unused).expect("a small number");
        self.site.script.relent();
        if first.iter().all(|view| view.state != OperationState::Stuck) {
            return first;
        }
        for id in stuck(&self.site) {
            let asked = self.site.with(async |e| e.retry_operation(&ACTOR, ORG, &id).await);
            asked.expect("what is stuck can be tried again");
        }
        self.rest(begun)
    }

    fn rest(&mut self, begun: &[Begun]) -> Vec<OperationView> {
        let end = Instant::now() + REST;
        loop {
            if self.site.script.parked().is_some() {
                self.react(begun);
            }
            let views: Vec<OperationView> = self.site.with(async |engine| {
                tokio::time::sleep(GLANCE).await;
                let mut views = Vec::with_capacity(begun.len());
                for one in begun {
                    views.push(engine.operation(&ACTOR, ORG, &one.id).await.unwrap());
                }
                views
            });
            if views.iter().all(|view| view.state.is_at_rest()) {
                return views;
            }
            assert!(Instant::now() < end, "not at rest after {REST:?}: {views:#?}");
        }
    }

    fn react(&mut self, begun: &[Begun]) {
        let Some(parked) = self.site.script.parked() else { return };
        if self.dice.below(3) > 0 {
            self.site.kill();
            self.site.start();
            return;
        }
        for one in begun.iter().filter(|one| one.scene.kind == parked.place.kind) {
            let cancelled =
                self.site.with(async |engine| engine.cancel_operation(&ACTOR, ORG, &one.id).await);
            match cancelled {
                Ok(_) => {}
                Err(EngineError::NotNow { .. }) => self.site.script.release(),
                Err(error) => panic!("cancelling: {error}"),
            }
        }
        self.site.script.forget(&parked);
    }

    fn count(&mut self) {
        self.happened += self.site.script.happened();
    }

    /// What was not adopted has its row back, so that the next round begins in order.
    fn put_back(&self, begun: &[Begun], views: &[OperationView]) {
        for (one, view) in begun.iter().zip(views) {
            if let (Some(lost), OperationState::Undone) = (&one.lost, view.state) {
                standing::put_row_back(&self.site, lost);
            }
        }
    }

    fn judge(&mut self, begun: &[Begun], views: &[OperationView], context: &str) {
        self.put_back(begun, views);
        let found = Inventory::of(&self.site);
        let mut wrong = violations(&self.site);
        for (one, view) in begun.iter().zip(views) {
            let steps = view.steps.iter().map(|step| step.name.clone()).collect();
            self.steps.insert(one.scene.kind, steps);
            if view.state == OperationState::Stuck {
                wrong.push(format!("{} is stuck: {:?}", one.scene.kind, view.error));
            }
            let is_gone = view.state == OperationState::Done && one.scene.after == Standing::Absent;
            if let Some(id) = one.tenant.filter(|_| is_gone) {
                self.data.remove(&id);
            }
        }
        for (id, before) in &self.data {
            match found.tenant(*id) {
                None => wrong.push(format!("{id} is gone, and nobody removed it")),
                Some(tenant) if begun.iter().any(|one| one.tenant == Some(*id)) => {
                    let now = digest(&self.site, tenant);
                    if now != *before {
                        wrong.push(format!("the data of {id} were {before}, and are {now}"));
                    }
                }
                Some(_) => {}
            }
        }
        assert!(wrong.is_empty(), "round {}, {context}: {wrong:#?}", self.rounds);
        for tenant in &found.tenants {
            if !self.data.contains_key(&tenant.id) {
                plant(&self.site, tenant);
                self.data.insert(tenant.id, digest(&self.site, tenant));
            }
        }
    }
}

/// Whether a scene begins from how a tenant stands. A row is taken away from what is put away.
fn begins_from(scene: &Scene, standing: Standing) -> bool {
    match scene.before {
        Standing::Orphaned => standing == Standing::Archived,
        before => before == standing,
    }
}

fn words(begun: &[Begun], views: &[OperationView]) -> String {
    let each = begun.iter().zip(views).map(|(one, view)| {
        let Scene { kind, before, .. } = one.scene;
        format!("{kind} of {before:?} is {} ({:?})", view.state, view.error)
    });
    each.collect::<Vec<_>>().join(", ")
}
