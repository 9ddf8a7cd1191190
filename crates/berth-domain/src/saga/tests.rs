use proptest::prelude::*;

use super::Record::{
    Failed, Faltered, RetryRequested, Started, Succeeded, UndoFailed, UndoRequested, Undone,
};
use super::*;

const STEPS: [u8; 4] = [0, 1, 2, 3];
const PIVOT: u8 = 2;

fn after(journal: &[Record<u8>]) -> Next<u8> {
    next(&STEPS, PIVOT, journal)
}

#[test]
fn an_empty_journal_starts_with_the_first_step() {
    assert_eq!(after(&[]), Next::Run { step: 0, attempt: 1 });
}

#[test]
fn a_step_without_an_outcome_is_run_again_after_a_crash() {
    assert_eq!(after(&[Started(0)]), Next::Run { step: 0, attempt: 1 });
}

#[test]
fn a_failure_before_the_pivot_unwinds_the_failed_step_first() {
    let journal = [Started(0), Succeeded(0), Started(1), Failed(1)];

    assert_eq!(after(&journal), Next::Undo { step: 1, attempt: 1 });
}

#[test]
fn an_unwound_operation_is_rolled_back_when_nothing_is_left() {
    let journal = [Started(0), Succeeded(0), Started(1), Failed(1), Undone(1), Undone(0)];

    assert_eq!(after(&journal), Next::Finish(Outcome::RolledBack));
}

#[test]
fn what_lies_ahead_is_the_rest_of_the_steps() {
    let journal = [Started(0), Succeeded(0), Started(1), Faltered(1)];

    let (moves, outcome) = ahead(&STEPS, PIVOT, &journal);

    let run = |step, attempt| Next::Run { step, attempt };
    assert_eq!(moves, [run(1, 2), run(2, 1), run(3, 1)]);
    assert_eq!(outcome, Outcome::Committed);
}

#[test]
fn what_lies_ahead_of_an_operation_to_unwind_is_newest_first() {
    let journal = [Started(0), Succeeded(0), Started(1), UndoRequested];

    let (moves, outcome) = ahead(&STEPS, PIVOT, &journal);

    let undo = |step| Next::Undo { step, attempt: 1 };
    assert_eq!(moves, [undo(1), undo(0)]);
    assert_eq!(outcome, Outcome::RolledBack);
}

#[test]
fn what_turned_an_operation_back_is_the_first_that_did() {
    let failed = [Started(0), Faltered(0), Started(0), Failed(0), UndoFailed(0), UndoRequested];
    let cancelled = [Started(0), Faltered(0), Started(0), UndoRequested, UndoFailed(0)];

    assert_eq!(turned_back(&STEPS, PIVOT, &failed), Some(3));
    assert_eq!(turned_back(&STEPS, PIVOT, &cancelled), Some(3));
    assert_eq!(turned_back(&STEPS, PIVOT, &failed[..3]), None);
}

#[test]
fn a_step_that_falters_too_often_counts_as_failed() {
    let mut journal = vec![Started(0)];
    journal.extend([Faltered(0); 3]);
    assert_eq!(after(&journal), Next::Run { step: 0, attempt: 4 });

    journal.push(Faltered(0));
    assert_eq!(after(&journal), Next::Undo { step: 0, attempt: 1 });
}

#[test]
fn past_the_pivot_a_failure_is_retried_until_it_is_stuck_and_a_person_may_retry() {
    let mut journal =
        vec![Started(0), Succeeded(0), Started(1), Succeeded(1), Started(2), Failed(2)];
    assert_eq!(after(&journal), Next::Run { step: 2, attempt: 2 });

    journal.extend([Failed(2), Faltered(2), Failed(2)]);
    assert_eq!(after(&journal), Next::Finish(Outcome::Stuck(2)));

    journal.push(RetryRequested);
    assert_eq!(after(&journal), Next::Run { step: 2, attempt: 1 });
}

#[test]
fn an_undo_that_keeps_failing_is_stuck_and_a_person_may_retry_it() {
    let mut journal = vec![Started(0), Failed(0)];
    journal.extend([UndoFailed(0); 4]);
    assert_eq!(after(&journal), Next::Finish(Outcome::Stuck(0)));

    journal.push(RetryRequested);
    assert_eq!(after(&journal), Next::Undo { step: 0, attempt: 1 });
}

#[test]
fn cancelling_unwinds_before_the_pivot_and_is_too_late_after_it() {
    let before = [Started(0), Succeeded(0), UndoRequested];
    assert_eq!(after(&before), Next::Undo { step: 0, attempt: 1 });

    let past = [Started(0), Succeeded(0), Started(1), Succeeded(1), Started(2), UndoRequested];
    assert_eq!(after(&past), Next::Run { step: 2, attempt: 1 });
    assert!(!can_unwind(&STEPS, PIVOT, &past));
}

/// What happens to one attempt: it works, fails for good, falters, or the process dies.
#[derive(Debug, Clone, Copy)]
enum Luck {
    Works,
    Fails,
    Falters,
    Dies,
}

/// Drives an operation through this luck and returns its journal, how it ended, and what is left.
fn drive(luck: &[Luck]) -> (Vec<Record<u8>>, Outcome<u8>, Vec<u8>) {
    let mut journal = Vec::new();
    let mut effects: Vec<u8> = Vec::new();
    let mut luck = luck.iter().copied().chain(std::iter::repeat(Luck::Works));
    loop {
        match after(&journal) {
            Next::Finish(outcome) => return (journal, outcome, effects),
            Next::Run { step, .. } => {
                journal.push(Started(step));
                let luck = luck.next().unwrap();
                if matches!(luck, Luck::Works | Luck::Dies) && !effects.contains(&step) {
                    effects.push(step);
                }
                match luck {
                    Luck::Works => journal.push(Succeeded(step)),
                    Luck::Fails => journal.push(Failed(step)),
                    Luck::Falters => journal.push(Faltered(step)),
                    Luck::Dies => {}
                }
            }
            Next::Undo { step, .. } => match luck.next().unwrap() {
                Luck::Works => {
                    effects.retain(|s| *s != step);
                    journal.push(Undone(step));
                }
                Luck::Fails | Luck::Falters => journal.push(UndoFailed(step)),
                Luck::Dies => effects.retain(|s| *s != step),
            },
        }
    }
}

fn any_luck() -> impl Strategy<Value = Vec<Luck>> {
    let luck =
        prop_oneof![Just(Luck::Works), Just(Luck::Fails), Just(Luck::Falters), Just(Luck::Dies)];
    proptest::collection::vec(luck, 0..60)
}

proptest! {
    #[test]
    fn whatever_happens_it_ends_with_everything_or_nothing_or_asks(luck in any_luck()) {
        let (_, outcome, effects) = drive(&luck);
        match outcome {
            Outcome::Committed => prop_assert_eq!(effects, STEPS.to_vec()),
            Outcome::RolledBack => prop_assert_eq!(effects, Vec::<u8>::new()),
            Outcome::Stuck(step) => prop_assert!(STEPS.contains(&step)),
        }
    }

    #[test]
    fn every_prefix_of_a_journal_has_an_answer(luck in any_luck(), cut in 0usize..200) {
        let (journal, _, _) = drive(&luck);
        let _ = after(&journal[..cut.min(journal.len())]);
    }
}
