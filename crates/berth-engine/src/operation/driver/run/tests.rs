//! The driver, driven over an operation whose effects are a set of words.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::{Actor, OperationId, OrganisationId};
use berth_store::operations::{Operation, Request};
use berth_store::{Store, epoch, organisations};

use super::*;
use crate::engine::testing::TestEngine;
use crate::operation::driver::testing::{ONE, operation};
use crate::operation::step::steps;

steps! {
    /// Three words, one after the other.
    Word {
        One = "one", "saying one", 5;
        Two = "two", "saying two", 5;
        Three = "three", "saying three", 5;
    }
}

const ALL: [Word; 3] = [Word::One, Word::Two, Word::Three];

/// What happens when a step is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// Its effect happens, and then it fails for good.
    Fails,
    /// The same, in a way that may pass.
    Falters,
    /// It never comes back.
    Hangs,
}

#[derive(Debug, Default, Clone)]
struct Words {
    said: Arc<Mutex<BTreeSet<&'static str>>>,
    /// What goes wrong the next times, by step and direction.
    troubles: Arc<Mutex<Vec<(Word, bool, Trouble)>>>,
}

impl Words {
    fn with(troubles: &[(Word, bool, Trouble)]) -> Self {
        let words = Self::default();
        words.troubles.lock().unwrap().extend(troubles);
        words
    }

    fn said(&self) -> Vec<&'static str> {
        self.said.lock().unwrap().iter().copied().collect()
    }

    async fn trouble(&self, word: Word, undo: bool) -> Result<(), StepError> {
        let trouble = {
            let mut troubles = self.troubles.lock().unwrap();
            let found = troubles.iter().position(|(w, u, _)| (*w, *u) == (word, undo));
            found.map(|index| troubles.remove(index).2)
        };
        match trouble {
            None => Ok(()),
            Some(Trouble::Fails) => Err(StepError::fail("the word stuck in the throat")),
            Some(Trouble::Falters) => Err(StepError::retry("a cough")),
            Some(Trouble::Hangs) => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Saga for Words {
    type Step = Word;
    const PIVOT: Word = Word::Three;

    async fn run(&self, step: Word, _: &Context) -> Result<(), StepError> {
        self.said.lock().unwrap().insert(step.label());
        self.trouble(step, false).await
    }

    async fn undo(&self, step: Word, _: &Context) -> Result<(), StepError> {
        self.trouble(step, true).await?;
        self.said.lock().unwrap().remove(step.label());
        Ok(())
    }

    async fn settle(&self, _: &mut Tx, _: &Context, _: Outcome<Word>) -> Result<(), StepError> {
        Ok(())
    }
}

/// An operation that is claimed, on an engine of its own.
struct Stage {
    engine: TestEngine,
    id: OperationId,
    organisation: OrganisationId,
}

impl Stage {
    async fn new() -> Self {
        let engine = TestEngine::new().await;
        let inner = &engine.inner;
        let id = OperationId::from_uuid(inner.ids.uuid());
        let mut tx = inner.store.begin().await.unwrap();
        let organisation = OrganisationId::from_uuid(inner.ids.uuid());
        let organisation = organisations::ensure_default(&mut tx, organisation, inner.clock.now())
            .await
            .unwrap()
            .id;
        operations::insert(&mut tx, &operation(id, organisation)).await.unwrap();
        tx.commit().await.unwrap();
        Self { engine, id, organisation }
    }

    /// Begins a new epoch, as a start of the server does, and claims the operation in it.
    async fn claim(&self) -> (Context, i64) {
        let inner = &self.engine.inner;
        let now = inner.clock.now();
        let mut tx = inner.store.begin().await.unwrap();
        let epoch = epoch::advance(&mut tx).await.unwrap();
        let claimed = operations::claim(&mut tx, epoch, now, now + Duration::from_mins(1), ONE)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let operation = claimed.rows.into_iter().next().expect("there is something to claim");
        let reporter = inner.reports.of(&operation);
        (Context { engine: Arc::clone(inner), operation, reporter }, epoch)
    }

    async fn drive(&self, words: &Words) -> Result<(), Halt> {
        let (context, epoch) = self.claim().await;
        run(words, &context, epoch).await
    }

    async fn operation(&self) -> Operation {
        let mut tx = self.engine.inner.store.read().await.unwrap();
        operations::find(&mut tx, self.organisation, self.id).await.unwrap().unwrap()
    }

    async fn ask(&self, request: Request) {
        let mut tx = self.engine.inner.store.begin().await.unwrap();
        let at = self.engine.inner.clock.now();
        let asked = operations::append_request(&mut tx, self.id, request, &Actor::System, at);
        assert!(asked.await.unwrap().is_updated());
        tx.commit().await.unwrap();
        self.engine.inner.bell.interrupt(self.id);
    }
}

/// Runs a test on one thread, where local tasks may be spawned.
fn on_stage<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

/// Waits until a step is in the journal as started.
async fn started(stage: &Stage, word: Word) {
    let store: &Store = &stage.engine.inner.store;
    let is_started = berth_testkit::wait::until(Duration::from_secs(10), async || {
        let mut tx = store.read().await.unwrap();
        let journal = operations::journal(&mut tx, stage.id).await.unwrap();
        journal.iter().any(|row| row.step.as_deref() == Some(word.label()))
    });
    is_started.await;
}

#[test]
fn an_operation_without_trouble_is_done() {
    on_stage(async {
        let (stage, words) = (Stage::new().await, Words::default());

        stage.drive(&words).await.unwrap();

        assert_eq!(words.said(), ["one", "three", "two"]);
        assert_eq!(stage.operation().await.state, OperationState::Done);
    });
}

#[test]
fn a_failure_at_each_step_before_the_pivot_leaves_nothing() {
    on_stage(async {
        for word in [Word::One, Word::Two] {
            let stage = Stage::new().await;
            let words = Words::with(&[(word, false, Trouble::Fails)]);

            stage.drive(&words).await.unwrap();

            let operation = stage.operation().await;
            assert_eq!(words.said(), Vec::<&str>::new(), "{word:?}");
            assert_eq!(operation.state, OperationState::Undone, "{word:?}");
            assert_eq!(operation.error.as_deref(), Some("the word stuck in the throat"));
        }
    });
}

#[test]
fn a_crash_in_each_step_is_continued_by_the_next_start() {
    on_stage(async {
        for word in ALL {
            let stage = Stage::new().await;
            let words = Words::with(&[(word, false, Trouble::Hangs)]);
            tokio::select! {
                ended = stage.drive(&words) => panic!("{word:?} was to hang: {ended:?}"),
                () = started(&stage, word) => {}
            }

            stage.drive(&words).await.unwrap();

            assert_eq!(words.said(), ["one", "three", "two"], "{word:?}");
            assert_eq!(stage.operation().await.state, OperationState::Done, "{word:?}");
        }
    });
}

#[test]
fn a_crash_while_unwinding_goes_on_unwinding() {
    on_stage(async {
        let stage = Stage::new().await;
        let words =
            Words::with(&[(Word::Two, false, Trouble::Fails), (Word::One, true, Trouble::Hangs)]);
        let undoing = berth_testkit::wait::until(Duration::from_secs(10), async || {
            words.troubles.lock().unwrap().is_empty()
        });
        tokio::select! {
            ended = stage.drive(&words) => panic!("it was to hang: {ended:?}"),
            () = undoing => {}
        }
        assert_eq!(stage.operation().await.state, OperationState::Undoing);

        stage.drive(&words).await.unwrap();

        assert_eq!(words.said(), Vec::<&str>::new());
        assert_eq!(stage.operation().await.state, OperationState::Undone);
    });
}

#[test]
fn cancelling_interrupts_the_step_at_work_and_unwinds() {
    on_stage(async {
        let stage = Stage::new().await;
        let words = Words::with(&[(Word::Two, false, Trouble::Hangs)]);
        let (context, epoch) = stage.claim().await;
        let cancel = async {
            started(&stage, Word::Two).await;
            stage.ask(Request::Undo).await;
        };

        let (ran, ()) = tokio::join!(run(&words, &context, epoch), cancel);

        ran.unwrap();
        let operation = stage.operation().await;
        assert_eq!(words.said(), Vec::<&str>::new());
        assert_eq!(operation.state, OperationState::Undone);
        assert_eq!(operation.error.as_deref(), Some("cancelled"));
    });
}

#[test]
fn what_falters_is_tried_again() {
    on_stage(async {
        let stage = Stage::new().await;
        let words = Words::with(&[(Word::Two, false, Trouble::Falters)]);

        stage.drive(&words).await.unwrap();

        assert_eq!(stage.operation().await.state, OperationState::Done);
    });
}

#[test]
fn an_operation_that_is_stuck_goes_on_when_a_person_says_so() {
    on_stage(async {
        let stage = Stage::new().await;
        let words = Words::with(&[(Word::Three, false, Trouble::Fails); 4]);
        stage.drive(&words).await.unwrap();
        assert_eq!(stage.operation().await.state, OperationState::Stuck);

        stage.ask(Request::Retry).await;
        stage.drive(&words).await.unwrap();

        assert_eq!(words.said(), ["one", "three", "two"]);
        assert_eq!(stage.operation().await.state, OperationState::Done);
    });
}

#[test]
fn a_driver_of_an_older_epoch_writes_nothing() {
    on_stage(async {
        let (stage, words) = (Stage::new().await, Words::default());
        let (context, old) = stage.claim().await;
        let (_, new) = stage.claim().await;

        let ended = run(&words, &context, old).await;

        assert!(new > old);
        assert!(matches!(ended, Err(Halt::Fenced)), "{ended:?}");
        assert_eq!(words.said(), Vec::<&str>::new());
    });
}
