//! Requests that are sent again because their answer was lost.
//!
//! # Invariants
//!
//! * The key is used in the transaction that does what was asked for: a request that failed is
//!   forgotten, and one that was carried out never is, however soon the process dies. Of a command in a
//!   tenant, which no transaction holds, it is the one that writes it down, before it begins.
//! * One request with a key is at work at a time. The next one waits, and finds what the first was
//!   answered.

use berth_domain::{Actor, OperationId, Problems};
use berth_store::idempotency::{self, Remembered, Used};
use berth_store::{StoreError, Tx};
use secrecy::SecretString;
use tokio::sync::OwnedMutexGuard;

use crate::Engine;
use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;

/// What is known of a request that came with a key.
#[derive(Debug)]
pub enum Recalled {
    /// It was not carried out yet. Others with the same key wait until this is dropped.
    New(OwnedMutexGuard<()>),
    /// It was carried out, and this was answered.
    Answered(SecretString),
    /// It was carried out, and the process ended before it answered.
    Unanswered(Option<OperationId>),
}

impl Engine {
    /// Finds out whether what is asked for was done before. Without a key nothing is known.
    ///
    /// Fails when the key was used to ask for something else.
    pub async fn recall(&self, actor: &Actor) -> Result<Option<Recalled>, EngineError> {
        let Some(once) = &self.1.once else { return Ok(None) };
        let turn = self.0.locks.lock(&format!("request {actor} {}", once.key())).await;
        let mut tx = self.0.store.read().await?;
        let known = idempotency::recall(&mut tx, once.key(), actor).await?;
        let Some(Remembered { request_hash, operation, answer }) = known else {
            return Ok(Some(Recalled::New(turn)));
        };
        if request_hash.as_deref() != Some(once.hash()) {
            let mut problems = Problems::default();
            problems.add("Idempotency-Key", "this key was used for another request");
            return Err(EngineError::Invalid(problems));
        }
        Ok(Some(answer.map_or(Recalled::Unanswered(operation), Recalled::Answered)))
    }

    /// Keeps what is answered, if the request did something that must not be done again.
    pub async fn keep_answer(
        &self,
        actor: &Actor,
        answer: &SecretString,
    ) -> Result<(), EngineError> {
        let Some(once) = &self.1.once else { return Ok(()) };
        let mut tx = self.0.store.begin().await?;
        let request = (actor, once.request());
        let _nothing_was_done = idempotency::answer(&mut tx, once.key(), request, answer).await?;
        Ok(tx.commit().await?)
    }
}

/// Uses the key of whoever asks, if they sent one, in the transaction that does what they ask for.
pub(super) async fn remember(
    tx: &mut Tx,
    engine: &Inner,
    (actor, asker): (&Actor, &Asker),
    operation: Option<OperationId>,
) -> Result<(), StoreError> {
    let Some(once) = &asker.once else { return Ok(()) };
    let used = Used {
        request_id: once.request().to_owned(),
        request_hash: once.hash().to_owned(),
        operation,
        at: engine.clock.now(),
    };
    idempotency::remember(tx, once.key(), actor, &used).await
}
