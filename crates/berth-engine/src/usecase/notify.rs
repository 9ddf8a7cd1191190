//! Telling people what happened.
//!
//! # Invariants
//!
//! * What follows from events is written in the transaction that moves a subscription's cursor past
//!   them: a process that dies in between leaves none out.
//! * A message is claimed before it is sent and settled afterwards; one that somebody died over is sent
//!   again. At least once, then, with the same id.
//! * Whoever does not answer delays nobody but themselves.
//! * Only the driver does any of this.

mod digest;
mod send;
mod troubles;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use berth_domain::notice::{DeliveryState, Message, Patterns};
use berth_domain::{Actor, DeliveryId, SubscriptionId, Timestamp, chain};
use berth_store::deliveries::Delivery;
use berth_store::subscriptions::{self, Channel, Subscription};
use berth_store::{StoreError, events, organisations};

use crate::engine::Inner;
use crate::error::EngineError;

pub(super) use send::try_now;

/// How often to look.
const EVERY: Duration = Duration::from_secs(1);
/// What the subscription of the configured readers is called.
pub(crate) const MAIL: &str = "mail";
/// Why it is off while the configuration names nobody.
const NO_READER: &str = "no reader is configured";

/// Tells for as long as the engine drives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    tokio::join!(look(engine), send::keep(engine));
}

async fn look(engine: &Arc<Inner>) {
    let mut has_mail = false;
    loop {
        if !has_mail {
            match subscribe_readers(engine).await {
                Ok(()) => has_mail = true,
                Err(error) => {
                    tracing::warn!(error = %chain(&error), "cannot subscribe the readers of mail");
                }
            }
        }
        if let Err(error) = look_once(engine).await {
            tracing::warn!(error = %chain(&error), "cannot look for what is to be told");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn look_once(engine: &Arc<Inner>) -> Result<(), EngineError> {
    let mut tx = engine.store.read().await?;
    let all = subscriptions::all(&mut tx).await?;
    let latest = events::latest(&mut tx).await?;
    let names = organisations::list(&mut tx).await?.rows;
    drop(tx);
    for error in &all.unreadable {
        tracing::error!(%error, "a subscription cannot be read");
    }
    let names: BTreeMap<_, _> = names.into_iter().map(|it| (it.id, it.name)).collect();
    for subscription in &all.rows {
        let name = names.get(&subscription.organisation).map_or("", String::as_str);
        let mut cursor = subscription.cursor;
        while cursor < latest {
            match digest::digest(engine, (subscription, name), (cursor, latest)).await? {
                Some(next) => cursor = next,
                // Somebody else was faster; the next look sees how far.
                None => break,
            }
        }
        if subscription.disabled.is_none() {
            troubles::look(engine, subscription).await?;
        }
    }
    Ok(())
}

/// The readers that the configuration names hear of everything from now on, unless they are subscribed.
async fn subscribe_readers(engine: &Inner) -> Result<(), EngineError> {
    let has_readers = !engine.messenger.readers().is_empty();
    let mut tx = engine.store.read().await?;
    let known = subscriptions::all(&mut tx).await?.rows;
    drop(tx);
    if !has_readers && known.iter().all(|it| it.channel != Channel::Mail) {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    for organisation in organisations::list(&mut tx).await?.rows {
        let found = subscriptions::find(&mut tx, organisation.id, MAIL).await?;
        match found {
            None if has_readers => {
                let mail = Subscription {
                    id: SubscriptionId::from_uuid(engine.ids.uuid()),
                    organisation: organisation.id,
                    name: MAIL.to_owned(),
                    channel: Channel::Mail,
                    events: Patterns::all(),
                    disabled: None,
                    cursor: events::latest(&mut tx).await?,
                    created_at: engine.clock.now(),
                    created_by: Actor::System,
                };
                subscriptions::insert(&mut tx, &mail).await?;
            }
            Some(mail) => {
                let disabled = match mail.disabled.as_deref() {
                    None if !has_readers => Some(NO_READER.to_owned()),
                    // What somebody switched off stays off.
                    Some(NO_READER) if has_readers => None,
                    _ => continue,
                };
                let _ = subscriptions::update(&mut tx, &Subscription { disabled, ..mail }).await?;
            }
            None => {}
        }
    }
    tx.commit().await.map_err(StoreError::into)
}

/// A message that waits to be sent at once.
pub(super) fn delivery(
    engine: &Inner,
    subscription: &Subscription,
    (id, message): (DeliveryId, Message),
    now: Timestamp,
) -> Delivery {
    tracing::info!(
        message.id = %id, message.kind = message.kind, subscription.name = subscription.name,
        title = message.title, "somebody is told"
    );
    engine.notices.made();
    Delivery {
        id,
        subscription: subscription.id,
        organisation: subscription.organisation,
        message,
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: Some(now),
        error: None,
        created_at: now,
        finished_at: None,
    }
}

pub(super) fn message_id(engine: &Inner) -> DeliveryId {
    DeliveryId::from_uuid(engine.ids.uuid())
}
