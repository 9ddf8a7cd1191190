//! Every single thing that is tried on one scene.

use berth_engine::failpoint::{Direction, Phase};

use super::scenes::Scene;
use super::script::{ALWAYS, Act, Rule, at};

/// What is done with an operation that stands still at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    /// The process is killed and the next one started.
    Kill,
    /// Somebody cancels the operation.
    Cancel,
    /// The first time one, the second time the other.
    KillThenCancel,
}

/// How an operation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Undone,
    /// And a person's `retry`, once the trouble is over, leads to this.
    StuckThen(Then),
}

/// How it ends after somebody tried it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Done,
    Undone,
}

/// One case.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
    pub(super) reaction: Reaction,
    pub(super) end: End,
    /// No step after this one is ever run.
    pub(super) last_step: Option<usize>,
    /// What the operation says of itself if it is not done.
    pub(super) error: Option<String>,
    /// Whether it is worth playing on every scene of its kind.
    pub(super) is_telling: bool,
}

/// Makes cases for one scene.
struct Maker<'a> {
    scene: &'a Scene,
    steps: &'a [String],
    pivot: usize,
    cases: Vec<Case>,
}

/// Every case of a scene whose steps are these.
pub(super) fn of(scene: &Scene, steps: &[String]) -> Vec<Case> {
    let pivot = steps.iter().position(|step| step == scene.pivot);
    let pivot = pivot.unwrap_or_else(|| panic!("{} has no step `{}`", scene.kind, scene.pivot));
    let mut maker = Maker { scene, steps, pivot, cases: Vec::new() };
    maker.everything_twice();
    for step in 0..steps.len() {
        maker.failures(step);
        maker.deadlines(step);
        maker.kills(step);
        maker.cancels(step);
        if step < pivot {
            maker.undo_failures(step);
            maker.undo_kills(step);
        }
    }
    maker.cases
}

impl Maker<'_> {
    fn rule(
        &self,
        step: usize,
        (direction, phase): (Direction, Phase),
        act: Act,
        times: u32,
    ) -> Rule {
        Rule { place: at(self.scene.kind, &self.steps[step], direction, phase), act, times }
    }

    fn run(&self, step: usize, phase: Phase, act: Act, times: u32) -> Rule {
        self.rule(step, (Direction::Run, phase), act, times)
    }

    fn undo(&self, step: usize, phase: Phase, act: Act, times: u32) -> Rule {
        self.rule(step, (Direction::Undo, phase), act, times)
    }

    /// The failure that sets off the longest unwinding, and what the operation says afterwards.
    fn unwind(&self) -> (Rule, String) {
        let rule = self.run(self.pivot - 1, Phase::Effect, Act::Fail, 1);
        let error = format!("a test failed `{}`", rule.place);
        (rule, error)
    }

    fn add(&mut self, name: String, rules: Vec<Rule>, reaction: Reaction, end: End) -> &mut Case {
        let is_telling = rules.iter().all(|rule| {
            rule.times == 1 && rule.act != Act::Overrun && rule.place.phase == Phase::Effect
        });
        let (last_step, error) = (None, None);
        self.cases.push(Case { name, rules, reaction, end, last_step, error, is_telling });
        self.cases.last_mut().expect("it was just added")
    }

    /// What a failure for good at a step leads to.
    fn after_failure(&self, step: usize) -> End {
        if step < self.pivot { End::Undone } else { End::Done }
    }

    fn everything_twice(&mut self) {
        let all = 0..self.steps.len();
        let rules = all.map(|step| self.run(step, Phase::Effect, Act::Falter, 1)).collect();
        self.add("every step runs twice".to_owned(), rules, Reaction::Kill, End::Done);
        if self.pivot > 0 {
            let (failure, error) = self.unwind();
            let undone = (0..self.pivot).map(|step| self.undo(step, Phase::Effect, Act::Falter, 1));
            let rules = undone.chain([failure]).collect();
            let name = "every step is undone twice".to_owned();
            self.add(name, rules, Reaction::Kill, End::Undone).error = Some(error);
        }
    }

    fn failures(&mut self, step: usize) {
        let label = &self.steps[step].clone();
        for phase in [Phase::Before, Phase::Effect] {
            let rule = self.run(step, phase, Act::Fail, 1);
            let error = format!("a test failed `{}`", rule.place);
            let name = format!("{label} fails, {}", phase.as_str());
            let end = self.after_failure(step);
            let is_before = step < self.pivot;
            let case = self.add(name, vec![rule], Reaction::Kill, end);
            case.last_step = is_before.then_some(step);
            case.error = is_before.then_some(error);
        }
        let rule = self.run(step, Phase::Effect, Act::Falter, ALWAYS);
        let error = format!("a test failed `{}`", rule.place);
        let end = if step < self.pivot { End::Undone } else { End::StuckThen(Then::Done) };
        let name = format!("{label} falters for ever");
        let case = self.add(name, vec![rule], Reaction::Kill, end);
        case.last_step = Some(step);
        case.error = Some(error);
    }

    fn deadlines(&mut self, step: usize) {
        let label = &self.steps[step].clone();
        for phase in [Phase::Before, Phase::Effect] {
            let once = self.run(step, phase, Act::Overrun, 1);
            let name = format!("{label} takes too long once, {}", phase.as_str());
            self.add(name, vec![once], Reaction::Kill, End::Done);
        }
        // However often: an attempt during which the engine seemed to be away does not count.
        let always = self.run(step, Phase::Effect, Act::Overrun, ALWAYS);
        let end = if step < self.pivot { End::Undone } else { End::StuckThen(Then::Done) };
        let name = format!("{label} always takes too long");
        let case = self.add(name, vec![always], Reaction::Kill, end);
        case.last_step = Some(step);
        case.error = Some("took longer than".to_owned());
    }

    fn kills(&mut self, step: usize) {
        let label = &self.steps[step].clone();
        for phase in Phase::ALL {
            let once = self.run(step, phase, Act::Park, 1);
            let name = format!("killed in {label}, {}", phase.as_str());
            self.add(name, vec![once.clone()], Reaction::Kill, End::Done);

            // What is in the journal is not done again: there the second blow falls a step later.
            let again = match phase {
                Phase::Before | Phase::Effect => vec![Rule { times: 2, ..once }],
                Phase::Journal if step + 1 < self.steps.len() => {
                    vec![once, self.run(step + 1, Phase::Before, Act::Park, 1)]
                }
                Phase::Journal => continue,
            };
            let name = format!("killed in {label}, {}, and again", phase.as_str());
            self.add(name, again, Reaction::Kill, End::Done);
        }
    }

    fn cancels(&mut self, step: usize) {
        let label = &self.steps[step].clone();
        let end = if step < self.pivot { End::Undone } else { End::Done };
        let error = (step < self.pivot).then(|| "cancelled".to_owned());
        for phase in [Phase::Before, Phase::Effect] {
            let rule = self.run(step, phase, Act::Park, 1);
            let name = format!("cancelled in {label}, {}", phase.as_str());
            let case = self.add(name, vec![rule], Reaction::Cancel, end);
            case.error.clone_from(&error);
        }
        let rules = vec![self.run(step, Phase::Effect, Act::Park, 2)];
        let name = format!("killed in {label} and cancelled after it");
        let case = self.add(name, rules, Reaction::KillThenCancel, end);
        case.error = error;
    }

    fn undo_failures(&mut self, step: usize) {
        let label = &self.steps[step].clone();
        let failure = self.run(step, Phase::Effect, Act::Fail, 1);
        let error = format!("a test failed `{}`", failure.place);
        let rules = vec![failure, self.undo(step, Phase::Effect, Act::Falter, 1)];
        let name = format!("{label} fails and is undone twice");
        let case = self.add(name, rules, Reaction::Kill, End::Undone);
        case.last_step = Some(step);
        case.error = Some(error);

        let (failure, _) = self.unwind();
        let for_ever = self.undo(step, Phase::Before, Act::Fail, ALWAYS);
        let error = format!("a test failed `{}`", for_ever.place);
        let name = format!("{label} cannot be undone");
        let end = End::StuckThen(Then::Undone);
        let case = self.add(name, vec![failure, for_ever], Reaction::Kill, end);
        case.error = Some(error);
    }

    fn undo_kills(&mut self, step: usize) {
        let label = &self.steps[step].clone();
        for (phase, times) in
            [(Phase::Before, 1), (Phase::Effect, 1), (Phase::Journal, 1), (Phase::Effect, 2)]
        {
            let (failure, error) = self.unwind();
            let rules = vec![failure, self.undo(step, phase, Act::Park, times)];
            let blows = if times > 1 { ", and again" } else { "" };
            let name = format!("killed while {label} is undone, {}{blows}", phase.as_str());
            self.add(name, rules, Reaction::Kill, End::Undone).error = Some(error);
        }
    }
}
