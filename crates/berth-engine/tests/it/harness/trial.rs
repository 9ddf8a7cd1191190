//! Playing the cases of a kind, one after the other, on one installation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{Tenant, TenantId};
use berth_engine::EngineError;
use berth_engine::failpoint::Direction;
use berth_engine::view::OperationView;
use berth_engine_testkit::{ACTOR, ORG};

use super::cases::{self, Case, End, Reaction, Then};
use super::digests::{digest, plant};
use super::invariants::violations;
use super::inventory::Inventory;
use super::modules::Subject;
use super::scenes::{Scene, scenes};
use super::script::{Parked, Rule};
use super::site::Site;
use super::standing::{self, Standing};

/// An operation whose trouble is over is at rest within this time.
const REST: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(2);

/// Tries everything that can happen to an operation of this kind.
pub(super) fn try_everything(kind: OperationKind) {
    let mut failures = Vec::new();
    let mut count = 0;
    for (index, scene) in scenes(kind).into_iter().enumerate() {
        let mut stage = Stage::new(scene);
        let steps = stage.rehearse();
        for case in cases::of(&scene, &steps) {
            // Blueprints matter where one is built; everything else was tried with one that is there.
            let is_worth_it = if scene.builds_blueprint {
                case.name.contains("blueprint")
            } else {
                index == 0 || case.is_telling
            };
            if !is_worth_it {
                continue;
            }
            count += 1;
            let played = catch_unwind(AssertUnwindSafe(|| stage.play(&case, &steps)));
            let wrong = played.unwrap_or_else(|panic| vec![said(&*panic)]);
            if !wrong.is_empty() {
                let (name, before) = (&case.name, scene.before);
                failures.push(format!("{before:?}, {name}: {}", wrong.join("\n    ")));
                stage = Stage::new(scene);
                stage.rehearse();
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases: {failures:#?}", failures.len());
}

pub(super) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}

/// Where the cases of one scene are played.
struct Stage {
    site: Site,
    scene: Scene,
    /// Tenants made so far.
    made: u32,
    /// The one that is there.
    subject: Option<TenantId>,
    /// The one whose row is gone, or was before it was adopted.
    lost: Option<Tenant>,
    /// What a tenant has after the operation was done without trouble.
    whole: Vec<String>,
    blueprints: usize,
}

/// What an operation was seen doing.
enum Seen {
    AtRest(Box<OperationView>),
    Parked(Parked),
}

impl Stage {
    fn new(scene: Scene) -> Self {
        let site = Site::new();
        Self { site, scene, made: 0, subject: None, lost: None, whole: Vec::new(), blueprints: 0 }
    }

    /// Plays it without trouble. Returns its steps.
    fn rehearse(&mut self) -> Vec<String> {
        let name = self.prepare();
        let view = self.trouble(&[], Reaction::Kill, &name);
        assert_eq!(view.state, OperationState::Done, "without trouble: {view:#?}");
        let found = Inventory::of(&self.site);
        let tenant = self.find(&found, &name).map(|tenant| tenant.id);
        self.subject = tenant;
        self.whole = tenant.map(|id| found.of_object(&id.object_name())).unwrap_or_default();
        self.blueprints = found.blueprints.len();
        let wrong = self.violations();
        assert!(wrong.is_empty(), "{} without trouble: {wrong:#?}", self.scene.kind);
        view.steps.into_iter().map(|step| step.name).collect()
    }

    /// Plays one case. Returns what is wrong afterwards.
    fn play(&mut self, case: &Case, steps: &[String]) -> Vec<String> {
        let name = self.prepare();
        let before = self.data(&name);
        let mut view = self.trouble(&case.rules, case.reaction, &name);
        let mut wrong = self.judge_end(case, &view, steps);
        self.site.script.relent();
        if let (End::StuckThen(then), OperationState::Stuck) = (case.end, view.state) {
            wrong.extend(self.violations());
            view = self.try_again(&view.id.to_string(), then, &mut wrong);
        }
        let found = Inventory::of(&self.site);
        wrong.extend(self.judge_tenant(&found, &name, &view, before));
        let lost = self.lost.as_ref().map(|tenant| tenant.id);
        self.subject = self.find(&found, &name).map(|tenant| tenant.id).or(lost);
        wrong.extend(self.violations());
        wrong
    }

    /// What is wrong, but for a tenant whose row is gone on purpose.
    fn violations(&self) -> Vec<String> {
        let mut wrong = violations(&self.site);
        if let Some(lost) = &self.lost
            && Inventory::of(&self.site).tenant(lost.id).is_none()
        {
            let object = lost.id.object_name();
            let is_of_it = |what: &String| what.ends_with(&format!(" {object}: an orphan"));
            wrong.retain(|what| !is_of_it(what));
        }
        wrong
    }

    fn try_again(&self, id: &str, then: Then, wrong: &mut Vec<String>) -> OperationView {
        let asked = self.site.with(async |engine| engine.retry_operation(&ACTOR, ORG, id).await);
        asked.expect("what is stuck can be tried again");
        let view = self.rest(id);
        let expected = match then {
            Then::Done => OperationState::Done,
            Then::Undone => OperationState::Undone,
        };
        if view.state != expected {
            wrong.push(format!("tried again it is {}: {:?}", view.state, view.error));
        }
        view
    }

    /// The tenant that the case is about: the one that was there, else the one that was made.
    fn find<'a>(&self, found: &'a Inventory, name: &str) -> Option<&'a Tenant> {
        match self.subject {
            Some(id) => found.tenant(id),
            None => found.named(name),
        }
    }

    /// Begins the operation and sees it through whatever goes wrong.
    fn trouble(&mut self, rules: &[Rule], reaction: Reaction, name: &str) -> OperationView {
        self.site.script.begin(rules.to_vec());
        let ask = self.scene.ask;
        let asked = self.site.with(async |engine| ask(engine, name).await);
        let id = asked.unwrap_or_else(|error| panic!("asking for it: {error}"));
        let mut blows = 0;
        loop {
            match self.look(&id) {
                Seen::AtRest(view) => return *view,
                Seen::Parked(parked) => self.react(reaction, &id, (&parked, &mut blows)),
            }
        }
    }

    fn react(&mut self, reaction: Reaction, id: &str, (parked, blows): (&Parked, &mut u32)) {
        *blows += 1;
        let kills = match reaction {
            Reaction::Kill => true,
            Reaction::Cancel => false,
            Reaction::KillThenCancel => *blows == 1,
        };
        if kills {
            self.site.kill();
            self.site.start();
            return;
        }
        match self.site.with(async |engine| engine.cancel_operation(&ACTOR, ORG, id).await) {
            Ok(_) => self.site.script.forget(parked),
            Err(EngineError::NotNow { .. }) => self.site.script.release(),
            Err(error) => panic!("cancelling: {error}"),
        }
    }

    /// Waits until there is something to react to.
    fn look(&self, id: &str) -> Seen {
        let end = Instant::now() + REST;
        loop {
            let view = self.site.with(async |engine| {
                tokio::time::sleep(GLANCE).await;
                engine.operation(&ACTOR, ORG, id).await
            });
            let view = view.unwrap();
            if let Some(parked) = self.site.script.parked() {
                return Seen::Parked(parked);
            }
            if view.state.is_at_rest() {
                return Seen::AtRest(Box::new(view));
            }
            assert!(Instant::now() < end, "not at rest after {REST:?}: {view:#?}");
        }
    }

    fn rest(&self, id: &str) -> OperationView {
        match self.look(id) {
            Seen::AtRest(view) => *view,
            Seen::Parked(_) => panic!("the trouble is over, and it stands still"),
        }
    }

    /// Whether the operation ended as it should, at the step at which it should, and says why.
    fn judge_end(&self, case: &Case, view: &OperationView, steps: &[String]) -> Vec<String> {
        let mut wrong = Vec::new();
        let expected = match case.end {
            End::Done => OperationState::Done,
            End::Undone => OperationState::Undone,
            End::StuckThen(_) => OperationState::Stuck,
        };
        if view.state != expected {
            wrong.push(format!("it is {}, not {expected}: {:?}", view.state, view.error));
        }
        let unused = self.site.script.unused();
        if !unused.is_empty() {
            wrong.push(format!("never reached: {unused:?}"));
        }
        let named: Vec<&str> = view.steps.iter().map(|step| step.name.as_str()).collect();
        if named != steps {
            wrong.push(format!("its steps are {named:?} now"));
        }
        let ran: Vec<String> = self
            .site
            .script
            .passed()
            .into_iter()
            .filter(|place| place.direction == Direction::Run)
            .map(|place| place.step)
            .collect();
        if let Some(last) = case.last_step {
            let beyond = ran.iter().find(|step| steps[last + 1..].contains(step));
            wrong.extend(beyond.map(|step| format!("`{step}` ran after the failure")));
        }
        match (&case.error, &view.error) {
            (Some(expected), Some(said)) if said.contains(expected) => {}
            (Some(expected), said) => wrong.push(format!("it says {said:?}, not `{expected}`")),
            (None, Some(said)) if view.state == OperationState::Done => {
                wrong.push(format!("it is done and says {said:?}"));
            }
            (None, _) => {}
        }
        wrong
    }

    /// Whether the tenant stands as it should and has its data.
    fn judge_tenant(
        &self,
        found: &Inventory,
        name: &str,
        view: &OperationView,
        before: Option<String>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let tenant = self.find(found, name);
        let is_done = view.state == OperationState::Done;
        let expected = match (is_done, self.scene.before) {
            (true, _) => self.scene.after,
            (false, Standing::Orphaned) => Standing::Absent,
            (false, before) => before,
        };
        if Standing::of(tenant) != Some(expected) {
            let state = tenant.map(|tenant| tenant.state);
            wrong.push(format!("the tenant is {state:?}, not {expected:?}"));
        }
        if let Some(tenant) = tenant {
            let has = found.of_object(&tenant.id.object_name());
            if is_done && has != self.whole {
                wrong.push(format!("it has {has:?}, not {:?}", self.whole));
            }
        }
        if let (Some(tenant), Some(before)) = (tenant.or(self.lost.as_ref()), before) {
            let now = digest(&self.site, tenant);
            if now != before {
                wrong.push(format!("its data were {before}, and are {now}"));
            }
        }
        if let (Some(tenant), Some(module)) = (tenant, Subject::of(self.scene.kind)) {
            let stands = module.found(tenant.id.object_name().as_str());
            if stands != module.expected(is_done) {
                wrong.push(format!("module {} is {stands}", module.name));
            }
        }
        if found.blueprints.len() > self.blueprints.max(1) {
            wrong.push(format!("there are {} blueprints", found.blueprints.len()));
        }
        wrong
    }

    fn data(&self, name: &str) -> Option<String> {
        let found = Inventory::of(&self.site);
        let tenant = self.find(&found, name).or(self.lost.as_ref());
        tenant.map(|tenant| digest(&self.site, tenant))
    }

    /// Brings a tenant to where the scene begins, and returns its name.
    fn prepare(&mut self) -> String {
        self.site.script.begin(Vec::new());
        let wanted = self.scene.before;
        if wanted == Standing::Absent {
            self.bring(wanted);
            self.subject = None;
            self.spoil_blueprint();
            return self.new_name();
        }
        if wanted == Standing::Orphaned {
            return self.lose();
        }
        self.make();
        self.bring(wanted)
    }

    /// Makes a tenant with data of its own, if there is none.
    fn make(&mut self) {
        if self.subject.is_none_or(|id| Inventory::of(&self.site).tenant(id).is_none()) {
            let name = self.new_name();
            let asked = self.site.with(async |engine| standing::create(engine, &name).await);
            assert_eq!(self.rest(&asked.unwrap()).state, OperationState::Done);
            let found = Inventory::of(&self.site);
            let tenant = found.named(&name).expect("it was just made");
            plant(&self.site, tenant);
            self.subject = Some(tenant.id);
        }
    }

    /// Takes the row of an archived tenant away. Returns the name under which it is adopted.
    fn lose(&mut self) -> String {
        if self.lost.is_none() {
            self.make();
            self.bring(Standing::Archived);
        }
        let name = self.new_name();
        let found = Inventory::of(&self.site);
        if let Some(tenant) = self.subject.and_then(|id| found.tenant(id)) {
            standing::lose_row(&self.site, tenant, &name);
            self.lost = Some(tenant.clone());
        } else {
            // It was not adopted the last time.
            let lost = self.lost.as_ref().expect("a tenant was made before");
            standing::will_be_adopted(lost, &name);
        }
        name
    }

    fn new_name(&mut self) -> String {
        self.made += 1;
        format!("tenant-{}", self.made)
    }

    /// Brings the tenant that there is to where it is wanted. Returns what it is called.
    fn bring(&self, wanted: Standing) -> String {
        loop {
            let found = Inventory::of(&self.site);
            let tenant = self.subject.and_then(|id| found.tenant(id));
            let name = tenant.map(|tenant| tenant.name.to_string()).unwrap_or_default();
            let now = Standing::of(tenant).expect("the case before left order");
            let Some(change) = wanted.way(now) else { return name };
            let asked = self.site.with(async |e| standing::change(e, &name, &change).await);
            let view = self.rest(&asked.unwrap());
            assert_eq!(view.state, OperationState::Done, "{view:#?}");
        }
    }

    /// Takes the files of blueprints away, so that the next creation builds one.
    fn spoil_blueprint(&self) {
        if self.scene.builds_blueprint {
            for blueprint in Inventory::of(&self.site).blueprints {
                let paths =
                    self.site.installation.settings.paths.object(&blueprint.id.object_name());
                let _ = std::fs::remove_dir_all(paths.root().join("data"));
            }
        }
    }
}
