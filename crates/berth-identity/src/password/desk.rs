//! Where passwords are judged: few at once, away from the threads that serve.
//!
//! # Invariants
//!
//! * No more hashes are computed at once than [`AtOnce::working`], each of them 19 MiB.
//! * No more wait than [`AtOnce::waiting`]: who comes after that is told so at once.
//! * A place is free when its work is over, also if whoever asked has gone away meanwhile.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::hash::{self, HashingFailed, PasswordHash, Verdict};
use super::{NewPassword, Password};

/// How many passwords are judged at once, and how many may wait for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtOnce {
    pub working: usize,
    pub waiting: usize,
}

impl Default for AtOnce {
    /// 40 MB and, at a tenth of a second each, a wait of some three seconds at worst.
    fn default() -> Self {
        Self { working: 2, waiting: 64 }
    }
}

/// Judges passwords on blocking threads.
#[derive(Debug, Clone)]
pub struct PasswordDesk {
    working: Arc<Semaphore>,
    present: Arc<Semaphore>,
}

/// A password was not judged: nothing is said about it.
#[derive(Debug, thiserror::Error)]
pub enum NotJudged {
    #[error("too many people sign in at this moment: try again in some seconds")]
    Busy,
    #[error("cannot judge the password")]
    Failed(#[source] HashingFailed),
    /// The runtime ends, or the work panicked.
    #[error("the work was given up")]
    GivenUp,
}

impl PasswordDesk {
    #[must_use]
    pub fn new(at_once: AtOnce) -> Self {
        let working = at_once.working.max(1);
        let present = working.saturating_add(at_once.waiting).min(Semaphore::MAX_PERMITS);
        Self {
            working: Arc::new(Semaphore::new(working)),
            present: Arc::new(Semaphore::new(present)),
        }
    }

    /// Hashes a password that was chosen.
    pub async fn hash(&self, chosen: NewPassword) -> Result<PasswordHash, NotJudged> {
        self.work(move || hash::hash(&chosen)).await
    }

    /// Hashes a password again that was right, because parameters have grown.
    pub async fn rehash(&self, right: Password) -> Result<PasswordHash, NotJudged> {
        self.work(move || hash::derive(&right)).await
    }

    /// Checks what was typed against what is stored; see [`super::verify`].
    pub async fn verify(
        &self,
        stored: Option<PasswordHash>,
        typed: Password,
    ) -> Result<Verdict, NotJudged> {
        self.work(move || hash::verify(stored.as_ref(), &typed)).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingFailed> + Send + 'static,
    ) -> Result<T, NotJudged> {
        let places = self.place().await?;
        let worked = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(places);
            result
        });
        worked.await.map_err(|_| NotJudged::GivenUp)?.map_err(NotJudged::Failed)
    }

    async fn place(&self) -> Result<[OwnedSemaphorePermit; 2], NotJudged> {
        let present = Arc::clone(&self.present).try_acquire_owned();
        let present = present.map_err(|_| NotJudged::Busy)?;
        let working = Arc::clone(&self.working).acquire_owned().await;
        Ok([working.map_err(|_| NotJudged::GivenUp)?, present])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use tokio::task::JoinSet;

    use super::*;

    fn typed(text: &str) -> Password {
        Password::typed(text.to_owned().into()).unwrap()
    }

    #[tokio::test]
    async fn it_hashes_verifies_and_hashes_again() {
        let desk = PasswordDesk::new(AtOnce::default());

        let stored = desk.rehash(typed("correct horse")).await.unwrap();

        let right = desk.verify(Some(stored.clone()), typed("correct horse")).await.unwrap();
        let wrong = desk.verify(Some(stored), typed("wrong horse")).await.unwrap();
        let nobody = desk.verify(None, typed("correct horse")).await.unwrap();
        assert_eq!([right, wrong, nobody], [Verdict::Right, Verdict::Wrong, Verdict::Wrong]);
    }

    #[tokio::test]
    async fn few_work_at_once_and_all_are_served() {
        let desk = PasswordDesk::new(AtOnce { working: 2, waiting: 30 });
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut people = JoinSet::new();

        for _ in 0..32 {
            let (desk, now, most) = (desk.clone(), Arc::clone(&now), Arc::clone(&most));
            people.spawn(async move {
                let work = move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    now.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                };
                desk.work(work).await
            });
        }

        let served = people.join_all().await;
        assert!(served.iter().all(Result::is_ok), "{served:?}");
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[tokio::test]
    async fn who_finds_the_room_full_is_told_so_and_later_is_not() {
        let desk = PasswordDesk::new(AtOnce { working: 1, waiting: 0 });
        let (finish, finished) = mpsc::channel::<()>();
        let (started, mut has_started) = tokio::sync::mpsc::channel(1);
        let mut first = JoinSet::new();
        let busy = desk.clone();
        first.spawn(async move {
            busy.work(move || {
                started.blocking_send(()).unwrap();
                finished.recv().unwrap();
                Ok(())
            })
            .await
        });
        has_started.recv().await.unwrap();

        let second = desk.verify(None, typed("correct horse")).await;

        assert!(matches!(second, Err(NotJudged::Busy)), "{second:?}");
        finish.send(()).unwrap();
        first.join_next().await.unwrap().unwrap().unwrap();
        assert!(desk.verify(None, typed("correct horse")).await.is_ok());
    }

    #[tokio::test]
    async fn who_goes_away_keeps_the_place_until_the_work_is_over() {
        let desk = PasswordDesk::new(AtOnce { working: 1, waiting: 0 });
        let (finish, finished) = mpsc::channel::<()>();
        let (started, mut has_started) = tokio::sync::mpsc::channel(1);
        let mut first = JoinSet::new();
        let gone = desk.clone();
        first.spawn(async move {
            gone.work(move || {
                started.blocking_send(()).unwrap();
                finished.recv().unwrap();
                Ok(())
            })
            .await
        });
        has_started.recv().await.unwrap();

        first.shutdown().await;

        assert_eq!(desk.present.available_permits(), 0);
        finish.send(()).unwrap();
        let _free = desk.present.acquire().await.unwrap();
    }
}
