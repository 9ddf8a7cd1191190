//! `kill -9` of the real program at every step of every operation, before its effect, after it, and after
//! the journal knows, forward and back; then a new start, and a look at everything.
//!
//! # Invariants
//!
//! * Which operations and steps there are is what the program says that is tried: one that nobody here
//!   knows how to begin fails the run.
//! * After every case everything belongs to somebody, everybody has what is theirs, data are what they
//!   were, and a tenant to which nothing was done was served all the time.
//! * Of one tenant as much as possible is made: where one case ends another one begins.

mod case;
mod report;
mod scene;
mod stage;

use std::path::Path;

use crate::home::{Home, Plan, Purpose, Site};
use crate::interrupt::Interrupt;
use crate::stories::caught;
use case::{Case, Shape, cases};
use scene::{Scene, scene};
use stage::Stage;

pub use case::{Phase, Selection};
pub use report::Report;

/// Nothing else has networks in this range.
const POOL: &str = "10.233.0.0/16";
const CONFIGURATION: &str =
    "[tenants]\nmemory = \"512MiB\"\nmemory_percent = 10000\ndelete_grace_days = 7\n";
const WITNESS: &str = "witness";

/// Goes through all cases that are asked for, or until somebody interrupts.
///
/// # Panics
///
/// When the installation cannot be made.
pub async fn run(program: &Path, selection: &Selection, tell: impl Fn(String)) -> Report {
    let mut interrupt = Interrupt::listen();
    let mut report = Report::default();
    let work = async {
        let plan =
            Plan { program, pool: POOL, engine: None, configuration: CONFIGURATION, wrapper: &[] };
        let home = Home::new_at(&Site { purpose: Purpose::Soak, ..Site::default() }, &plan).await;
        home.serve().await;
        tell(format!("home {} in {}", home.id(), home.path().display()));
        home.create_plain(WITNESS).await;
        let shapes = Shape::of(&home);
        let mut waiting = cases(&shapes, selection);
        for shape in &shapes {
            if scene(&shape.kind).is_none() && selection.has_kind(&shape.kind) {
                report.unknown(&shape.kind);
            }
        }
        report.expect(shapes);
        waiting.retain(|case| scene(&case.kind).is_some());
        tell(format!("{} cases", waiting.len()));
        let mut stage = Stage::new(home).await;
        while let Some((case, scene)) = next(&mut waiting, &stage) {
            let outcome = caught(stage.play(&case, scene)).await;
            let said = match &outcome {
                Ok(took) => format!("at rest after {:.1} s", took.as_secs_f64()),
                Err(why) => format!("FAILED: {why}\n{}", stage.last_words()),
            };
            tell(format!("{case}: {said}, {} to go", waiting.len()));
            let is_bad = outcome.is_err();
            report.note(case, outcome);
            if is_bad && let Err(why) = caught(stage.recover()).await {
                tell(format!("the stage cannot be cleared: {why}"));
                report.given_up(waiting.len());
                return;
            }
        }
        if let Err(why) = caught(stage.compare_everything()).await {
            report.problem(why);
        }
    };
    let is_whole = tokio::select! {
        () = work => true,
        () = interrupt.next() => false,
    };
    if !is_whole {
        report.problem("interrupted".to_owned());
    }
    report
}

/// The next case: one that begins where the tenant stands, else any.
fn next(waiting: &mut Vec<Case>, stage: &Stage) -> Option<(Case, Scene)> {
    let begins_here =
        |case: &Case| scene(&case.kind).is_some_and(|scene| stage.stands_for(scene.before));
    let at = waiting.iter().position(begins_here).unwrap_or(0);
    if waiting.is_empty() {
        return None;
    }
    let case = waiting.remove(at);
    let scene = scene(&case.kind)?;
    Some((case, scene))
}
