//! What happens, as it happens.

use std::collections::VecDeque;
use std::sync::Arc;

use berth_domain::access::{Place, Right};
use berth_domain::{Actor, OperationId, OrganisationId};
use berth_store::{StoreError, events as stored, operations, organisations};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::sync::watch;

use super::operations::find;
use super::organisation;
use crate::Engine;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::view::EventView;

/// What a step passes on of a tenant's Odoo.
pub(super) const LOG: &str = "log";
/// How many events are read at once.
const BATCH: u32 = 500;

struct Reading {
    engine: Arc<Inner>,
    organisation: OrganisationId,
    operation: Option<OperationId>,
    /// Whether whoever asks may read what tenants' Odoos say, which steps pass on.
    sees_logs: bool,
    last: i64,
    ready: VecDeque<EventView>,
    news: watch::Receiver<u64>,
    is_over: bool,
}

impl Engine {
    /// The id of the newest event of the installation, 0 before the first: what comes after it is new.
    pub async fn newest_event(&self, _actor: &Actor) -> Result<i64, EngineError> {
        let mut tx = self.0.store.read().await?;
        Ok(stored::latest(&mut tx).await?)
    }

    /// Returns events after the one with id `after`: first those that are written, then each as it
    /// comes. With an operation, the stream ends when that is at rest and everything was told; without
    /// one, when the organisation is removed. What
    /// tenants' Odoos say is told to whoever may read their logs.
    pub async fn events(
        &self,
        actor: &Actor,
        org: &str,
        after: i64,
        operation: Option<&str>,
    ) -> Result<BoxStream<'static, Result<EventView, EngineError>>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let operation = match operation {
            Some(id) => Some(find(&mut tx, actor, org, id).await?.id),
            None => None,
        };
        let reading = Reading {
            engine: Arc::clone(&self.0),
            organisation: organisation.id,
            operation,
            sees_logs: self.1.may(Right::Logs, Place::Organisation(organisation.id)),
            last: after,
            ready: VecDeque::new(),
            news: self.0.latest.subscribe(),
            is_over: false,
        };
        let events = stream::try_unfold(reading, |mut reading| async move {
            let event = reading.next().await?;
            Ok(event.map(|event| (event, reading)))
        });
        Ok(events.boxed())
    }
}

impl Reading {
    async fn next(&mut self) -> Result<Option<EventView>, EngineError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            if self.is_over {
                return Ok(None);
            }
            self.news.mark_unchanged();
            // Whether it is at rest is asked before its events are read: what was written before it
            // came to rest is then among them.
            let at_rest = self.is_at_rest().await?;
            if self.read().await? {
                continue;
            }
            if at_rest {
                self.is_over = true;
                continue;
            }
            tokio::select! {
                changed = self.news.changed() => if changed.is_err() { self.is_over = true },
                () = self.engine.stop.cancelled() => self.is_over = true,
            }
        }
    }

    async fn is_at_rest(&self) -> Result<bool, StoreError> {
        let mut tx = self.engine.store.read().await?;
        let Some(id) = self.operation else {
            return Ok(!organisations::is_there(&mut tx, self.organisation).await?);
        };
        let found = operations::find(&mut tx, self.organisation, id).await?;
        Ok(found.is_none_or(|operation| operation.state.is_at_rest()))
    }

    /// Returns whether there was anything, to be told or not.
    async fn read(&mut self) -> Result<bool, StoreError> {
        let mut tx = self.engine.store.read().await?;
        let events =
            stored::after(&mut tx, self.organisation, self.last, self.operation, BATCH).await?;
        for error in &events.unreadable {
            tracing::warn!(%error, "an event cannot be read");
        }
        // One that cannot be read is passed as well, or it would hide all that follow.
        let Some(last) = events.last else { return Ok(false) };
        self.last = last;
        for event in events.rows {
            if event.kind == LOG && !self.sees_logs {
                continue;
            }
            self.ready.push_back(EventView {
                id: event.id,
                at: event.at,
                operation: event.operation,
                kind: event.kind,
                data: event.data,
            });
        }
        Ok(true)
    }
}
