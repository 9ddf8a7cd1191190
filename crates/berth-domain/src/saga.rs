//! What a durable operation does next, decided from its journal alone.
//!
//! # Invariants
//!
//! * The journal is the only truth. After a crash the same journal gives the same answer, so
//!   recovery is not a separate code path.
//! * `Started` is written before the effect and the outcome after it. A step with `Started` and no
//!   outcome may or may not have happened; both `run` and `undo` must cope with either.
//! * Before the pivot a failure unwinds, newest step first, the failed step included. Once the pivot
//!   was started there is no way back, so a failure is retried.
//! * Attempts are counted from the journal too. When they are used up the operation is stuck, and
//!   only a person's `RetryRequested` or `UndoRequested` moves it.

/// One line of an operation's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Record<S> {
    Started(S),
    Succeeded(S),
    /// It failed for good: asking again gives the same answer.
    Failed(S),
    /// It failed in a way that may pass.
    Faltered(S),
    Undone(S),
    UndoFailed(S),
    /// Somebody wants it unwound.
    UndoRequested,
    /// Somebody wants a stuck operation tried again, in the direction it was going.
    RetryRequested,
}

/// What the driver does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next<S> {
    /// Run this step; `attempt` counts from 1.
    Run {
        step: S,
        attempt: u32,
    },
    /// Undo this step; `attempt` counts from 1.
    Undo {
        step: S,
        attempt: u32,
    },
    Finish(Outcome<S>),
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome<S> {
    Committed,
    RolledBack,
    /// At this step, with no attempt left.
    Stuck(S),
}

/// How often one step is tried, in either direction, before the operation unwinds or is stuck.
pub const ATTEMPTS: u32 = 4;

struct Reading<S> {
    /// Steps that may have left something behind, oldest first.
    touched: Vec<S>,
    succeeded: Vec<S>,
    /// Which record turned it back. `None` while it goes forward.
    turned: Option<usize>,
    /// Failures of the step that is being tried now.
    failures: u32,
}

/// Returns what follows from the journal of an operation with these steps.
///
/// `pivot` is the step from which there is no way back; it is one of `steps`.
pub fn next<S: Copy + Eq>(steps: &[S], pivot: S, journal: &[Record<S>]) -> Next<S> {
    let Reading { touched, succeeded, turned, failures } = read(steps, pivot, journal);
    if turned.is_some() {
        return match touched.last() {
            None => Next::Finish(Outcome::RolledBack),
            Some(&step) if failures >= ATTEMPTS => Next::Finish(Outcome::Stuck(step)),
            Some(&step) => Next::Undo { step, attempt: failures + 1 },
        };
    }
    match steps.iter().find(|step| !succeeded.contains(step)) {
        None => Next::Finish(Outcome::Committed),
        Some(&step) if failures >= ATTEMPTS => Next::Finish(Outcome::Stuck(step)),
        Some(&step) => Next::Run { step, attempt: failures + 1 },
    }
}

fn read<S: Copy + Eq>(steps: &[S], pivot: S, journal: &[Record<S>]) -> Reading<S> {
    let at = |step: S| steps.iter().position(|s| *s == step);
    let is_past = |step: S| at(step) >= at(pivot);
    let mut reading =
        Reading { touched: Vec::new(), succeeded: Vec::new(), turned: None, failures: 0 };

    for (index, record) in journal.iter().enumerate() {
        match *record {
            Record::Started(step) => {
                if !reading.touched.contains(&step) {
                    reading.touched.push(step);
                }
            }
            Record::Succeeded(step) => {
                reading.succeeded.push(step);
                reading.failures = 0;
            }
            Record::Failed(step) if !is_past(step) => {
                reading.turned.get_or_insert(index);
                reading.failures = 0;
            }
            Record::Failed(step) | Record::Faltered(step) => {
                reading.failures += 1;
                if !is_past(step) && reading.failures >= ATTEMPTS {
                    reading.turned.get_or_insert(index);
                    reading.failures = 0;
                }
            }
            Record::Undone(step) => {
                reading.touched.retain(|s| *s != step);
                reading.succeeded.retain(|s| *s != step);
                reading.failures = 0;
            }
            Record::UndoFailed(_) => reading.failures += 1,
            Record::UndoRequested => {
                if !reading.touched.iter().any(|step| is_past(*step)) {
                    reading.turned.get_or_insert(index);
                    reading.failures = 0;
                }
            }
            Record::RetryRequested => reading.failures = 0,
        }
    }
    reading
}

/// Returns everything that is done from here on if nothing goes wrong, in order, and how it ends.
pub fn ahead<S: Copy + Eq>(
    steps: &[S],
    pivot: S,
    journal: &[Record<S>],
) -> (Vec<Next<S>>, Outcome<S>) {
    let (mut journal, mut moves) = (journal.to_vec(), Vec::new());
    loop {
        let next = next(steps, pivot, &journal);
        match next {
            // Every turn makes a step succeed or takes one back, and neither is reversed.
            Next::Run { step, .. } => {
                journal.extend([Record::Started(step), Record::Succeeded(step)]);
            }
            Next::Undo { step, .. } => journal.push(Record::Undone(step)),
            Next::Finish(outcome) => return (moves, outcome),
        }
        moves.push(next);
    }
}

/// Whether somebody may still ask for this operation to be unwound.
pub fn can_unwind<S: Copy + Eq>(steps: &[S], pivot: S, journal: &[Record<S>]) -> bool {
    let at = |step: S| steps.iter().position(|s| *s == step);
    let touched = read(steps, pivot, journal).touched;
    !touched.iter().any(|step| at(*step) >= at(pivot))
}

/// Returns which record made the operation unwind: a failure, or somebody's request. `None` while it
/// goes forward.
pub fn turned_back<S: Copy + Eq>(steps: &[S], pivot: S, journal: &[Record<S>]) -> Option<usize> {
    read(steps, pivot, journal).turned
}

#[cfg(test)]
mod tests;
