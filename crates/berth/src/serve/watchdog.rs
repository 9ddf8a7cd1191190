//! Ends the process when it is stuck, so that whoever supervises it starts it again.
//!
//! Three threads that need no runtime: one feels the locks that everything goes through, one watches
//! whether it, the runtime and the threads of the edge still turn, and one makes sure that the end comes.
//!
//! # Invariants
//!
//! * Nothing here waits for what is watched.
//! * Time is counted in the watch's own turns, not by a clock: while the machine is suspended, or the
//!   process is stopped (`SIGSTOP`, a debugger), the watch does not turn either.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use berth_edge::Turns;
use berth_engine::{Engine, Pulse};
use tokio_util::task::TaskTracker;

use super::notify::Notify;
use crate::exit::Exit;

/// One turn of the watch.
const TURN: Duration = Duration::from_secs(1);
/// After this many turns without a beat something is stuck.
const PATIENCE: u32 = 10;
/// How long writing to the log and leaving politely may take.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What beats, and where it is.
#[derive(Debug, Default)]
struct Heart {
    runtime: AtomicU64,
    locks: AtomicU64,
    /// Which lock is being felt, as an index of [`Pulse::ALL`].
    felt: AtomicUsize,
}

/// How long each beat has been missing.
#[derive(Debug, Default)]
struct Watch {
    runtime: Missing,
    locks: Missing,
    edge: Vec<Missing>,
}

#[derive(Debug, Default)]
struct Missing {
    seen: u64,
    turns: u32,
}

impl Missing {
    /// Returns for how many turns there was no beat.
    fn turn(&mut self, count: u64) -> u32 {
        self.turns = if count == self.seen { self.turns + 1 } else { 0 };
        self.seen = count;
        self.turns
    }
}

impl Watch {
    /// Looks once. What is stuck is named; nothing is while this is empty.
    fn turn(&mut self, heart: &Heart, edge: impl ExactSizeIterator<Item = Option<u64>>) -> String {
        let mut stuck = Vec::new();
        if self.runtime.turn(heart.runtime.load(Ordering::Relaxed)) >= PATIENCE {
            stuck.push("the runtime does not turn".to_owned());
        }
        if self.locks.turn(heart.locks.load(Ordering::Relaxed)) >= PATIENCE {
            let felt = Pulse::ALL.get(heart.felt.load(Ordering::Relaxed));
            let lock = felt.map_or("?", |pulse| pulse.as_str());
            stuck.push(format!("the lock of `{lock}` is not released"));
        }
        self.edge.resize_with(edge.len(), Missing::default);
        for ((number, missing), count) in self.edge.iter_mut().enumerate().zip(edge) {
            let Some(count) = count else {
                *missing = Missing::default();
                continue;
            };
            if missing.turn(count) >= PATIENCE {
                stuck.push(format!("the edge's thread {number} does not turn"));
            }
        }
        stuck.join(", ")
    }
}

/// Watches over the process until it ends.
pub(super) fn start(engine: &Engine, edge: Turns, notify: Notify) -> std::io::Result<()> {
    let heart = Arc::new(Heart::default());
    // Nobody waits for it: it beats until the process ends, also while everything else is finishing.
    TaskTracker::new().spawn(beat(Arc::clone(&heart)));
    let (feeling, engine) = (Arc::clone(&heart), engine.clone());
    std::thread::Builder::new().name("pulse".to_owned()).spawn(move || {
        loop {
            feel(&feeling, |pulse| engine.feel(pulse));
            std::thread::sleep(TURN);
        }
    })?;
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
        let mut watch = Watch::default();
        loop {
            std::thread::sleep(TURN);
            let stuck = watch.turn(&heart, edge.counts());
            if !stuck.is_empty() {
                end(&stuck);
            }
            notify.alive();
        }
    })?;
    Ok(())
}

async fn beat(heart: Arc<Heart>) {
    loop {
        heart.runtime.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(TURN / 2).await;
    }
}

/// Feels every lock once.
fn feel(heart: &Heart, feel: impl Fn(Pulse)) {
    for (index, pulse) in Pulse::ALL.into_iter().enumerate() {
        heart.felt.store(index, Ordering::Relaxed);
        feel(pulse);
    }
    heart.locks.fetch_add(1, Ordering::Relaxed);
}

/// Says what is known and ends the process.
#[expect(clippy::exit, reason = "nothing that is left of the process could return")]
fn end(stuck: &str) -> ! {
    // What is stuck may be what the log is written to, or what runs at the exit.
    let _ = std::thread::Builder::new().spawn(|| {
        std::thread::sleep(LAST_WORDS);
        std::process::abort();
    });
    tracing::error!(
        turns = PATIENCE,
        "{stuck}: the process ends itself, so that it is started again; operations go on then"
    );
    std::process::exit(Exit::STUCK);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(watch: &mut Watch, heart: &Heart, count: u32) -> String {
        (0..count).map(|_| watch.turn(heart, [].into_iter())).last().unwrap_or_default()
    }

    fn all_beat(heart: &Heart) {
        heart.runtime.fetch_add(1, Ordering::Relaxed);
        feel(heart, |_| {});
    }

    #[test]
    fn a_beat_that_is_missing_for_ten_turns_is_named() {
        let (mut watch, heart) = (Watch::default(), Heart::default());
        all_beat(&heart);
        assert_eq!(turns(&mut watch, &heart, 1), "");

        feel(&heart, |_| {});
        assert_eq!(turns(&mut watch, &heart, PATIENCE - 1), "");
        feel(&heart, |_| {});

        assert_eq!(turns(&mut watch, &heart, 1), "the runtime does not turn");
        all_beat(&heart);
        assert_eq!(turns(&mut watch, &heart, PATIENCE), "");
    }

    #[test]
    fn one_thread_of_the_edge_that_does_not_turn_is_named_and_one_at_rest_is_not() {
        let (mut watch, heart) = (Watch::default(), Heart::default());
        let said = (0..=PATIENCE).map(|turn| {
            all_beat(&heart);
            watch.turn(&heart, [Some(u64::from(turn)), Some(7), None].into_iter())
        });

        assert_eq!(said.last().unwrap(), "the edge's thread 1 does not turn");
        all_beat(&heart);
        assert_eq!(watch.turn(&heart, [Some(99), None, None].into_iter()), "");
    }

    #[test]
    fn a_lock_that_is_not_released_is_named() {
        let (mut watch, heart) = (Watch::default(), Arc::new(Heart::default()));
        all_beat(&heart);
        let held = Arc::new(std::sync::Mutex::new(()));
        let guard = held.lock().unwrap();
        let (feeling, lock) = (Arc::clone(&heart), Arc::clone(&held));
        let thread = std::thread::spawn(move || {
            feel(&feeling, |pulse| {
                if pulse == Pulse::Operations {
                    drop(lock.lock());
                }
            });
        });
        while heart.felt.load(Ordering::Relaxed) != 1 {
            std::thread::yield_now();
        }

        turns(&mut watch, &heart, 1);
        heart.runtime.fetch_add(1, Ordering::Relaxed);
        let stuck = (0..PATIENCE).map(|_| {
            heart.runtime.fetch_add(1, Ordering::Relaxed);
            watch.turn(&heart, [].into_iter())
        });

        assert_eq!(stuck.last().unwrap(), "the lock of `operations` is not released");
        drop(guard);
        thread.join().unwrap();
    }
}
