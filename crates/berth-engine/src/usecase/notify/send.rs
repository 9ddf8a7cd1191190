//! Sending what waits.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use berth_domain::notice::{self, DeliveryState};
use berth_domain::{SubscriptionId, chain};
use berth_store::deliveries::{self, Delivery};
use berth_store::secrets::{self, SecretName};
use berth_store::subscriptions::{self, Channel, Subscription};
use berth_store::{StoreError, organisations};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use secrecy::SecretString;

use super::EVERY;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::messenger::{Undelivered, Webhook};
use crate::usecase::maker;

/// After so long a message that nobody settled is sent again.
const CLAIM: Duration = Duration::from_mins(1);
/// How many subscribers are told at the same time.
const AT_ONCE: usize = 16;
/// How many messages are looked at to find them, one of each subscriber. Twice as many, because so many
/// at most are being told something.
const WINDOW: u32 = 32;
/// What waits longer than any wait was put there by a clock that was ahead.
const AHEAD: Duration = Duration::from_hours(25);

/// Sends for as long as the engine drives, one message at a time to each subscriber.
pub(super) async fn keep(engine: &Arc<Inner>) {
    if let Err(error) = release(engine).await {
        // They end by themselves, only later.
        tracing::warn!(error = %chain(&error), "cannot take up what a driver before was sending");
    }
    let busy = Mutex::new(BTreeSet::new());
    let mut sending = FuturesUnordered::new();
    loop {
        match pick(engine, &busy, AT_ONCE - sending.len().min(AT_ONCE)).await {
            Ok(picked) => sending.extend(picked.into_iter().map(|delivery| async {
                let id = delivery.subscription;
                let sent = send(engine, delivery).await;
                if let Err(error) = &sent {
                    tracing::warn!(error = %chain(error), "cannot note what came of a message");
                }
                lock(&busy).remove(&id);
                sent.is_ok()
            })),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "cannot look for messages to send");
            }
        }
        let pause = tokio::time::sleep(EVERY);
        tokio::pin!(pause);
        tokio::select! {
            () = &mut pause => {}
            // There is room for the next at once, unless nothing can be written.
            Some(is_noted) = sending.next() => if !is_noted { pause.await },
        }
    }
}

/// Takes up at once what a driver before this one was in the middle of.
async fn release(engine: &Inner) -> Result<(), EngineError> {
    let now = engine.clock.now();
    let mut tx = engine.store.begin().await?;
    deliveries::release(&mut tx, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the messages that wait longest, one for each subscriber who is not being told something.
async fn pick(
    engine: &Inner,
    busy: &Mutex<BTreeSet<SubscriptionId>>,
    room: usize,
) -> Result<Vec<Delivery>, EngineError> {
    if room == 0 {
        return Ok(Vec::new());
    }
    let now = engine.clock.now();
    let mut tx = engine.store.read().await?;
    let due = deliveries::due(&mut tx, (now, now + AHEAD), WINDOW).await?;
    drop(tx);
    put_aside(engine, &due.unreadable).await?;
    let mut busy = lock(busy);
    let free = due.rows.into_iter().filter(|delivery| busy.insert(delivery.subscription));
    Ok(free.take(room).collect())
}

/// What cannot be read cannot be sent: it would keep everything behind it waiting.
async fn put_aside(engine: &Inner, unreadable: &[StoreError]) -> Result<(), StoreError> {
    if unreadable.is_empty() {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    for error in unreadable {
        deliveries::give_up_unreadable(&mut tx, error, engine.clock.now()).await?;
    }
    tx.commit().await?;
    for error in unreadable {
        tracing::error!(%error, "a message cannot be read and was given up");
    }
    Ok(())
}

fn lock(
    busy: &Mutex<BTreeSet<SubscriptionId>>,
) -> std::sync::MutexGuard<'_, BTreeSet<SubscriptionId>> {
    busy.lock().expect("nobody panics while holding it")
}

/// Claims a message, sends it and writes down what came of it.
async fn send(engine: &Inner, mut delivery: Delivery) -> Result<(), EngineError> {
    let now = engine.clock.now();
    let mut tx = engine.store.begin().await?;
    if !organisations::is_there(&mut tx, delivery.organisation).await? {
        return Ok(());
    }
    let all = subscriptions::all(&mut tx).await?.rows;
    let subscription = all.into_iter().find(|it| it.id == delivery.subscription);
    if let Some(subscription) = &subscription
        && let Some(why) = maker::webhook_lost(&mut tx, subscription, now).await?
    {
        deliveries::give_up_all(&mut tx, subscription.id, &why, now).await?;
        return Ok(tx.commit().await?);
    }
    if !deliveries::claim(&mut tx, &delivery, now + CLAIM).await?.is_updated() {
        return Ok(());
    }
    tx.commit().await?;
    delivery.attempts += 1;
    let sent = match &subscription {
        Some(subscription) => carry(engine, subscription, &delivery).await,
        // Its row is there, or the message were not: this version cannot read it.
        None => Err(Undelivered::Failed("its subscription cannot be read".to_owned())),
    };
    settle(engine, subscription.as_ref(), delivery, sent).await
}

/// Sends a message while somebody waits for it, once.
pub(in crate::usecase) async fn try_now(
    engine: &Inner,
    subscription: &Subscription,
    delivery: &Delivery,
) -> Result<(), EngineError> {
    let sent = carry(engine, subscription, delivery).await;
    engine.notices.sent(subscription, sent.is_ok());
    sent.map_err(|error| EngineError::NotDelivered(error.to_string()))
}

async fn carry(
    engine: &Inner,
    subscription: &Subscription,
    delivery: &Delivery,
) -> Result<(), Undelivered> {
    match &subscription.channel {
        Channel::Mail => engine.messenger.mail(&delivery.message).await,
        Channel::Webhook { url } => {
            let secret = match secret(engine, subscription).await {
                Ok(Some(secret)) => secret,
                Ok(None) => return Err(Undelivered::Refused("its secret is lost".to_owned())),
                Err(error) => {
                    let why = format!("its secret cannot be opened: {}", chain(&error));
                    return Err(Undelivered::Failed(why));
                }
            };
            let to = Webhook { url: url.clone(), secret };
            engine.messenger.post(&to, &delivery.message, engine.clock.now()).await
        }
    }
}

async fn secret(
    engine: &Inner,
    subscription: &Subscription,
) -> Result<Option<SecretString>, StoreError> {
    let mut tx = engine.store.read().await?;
    secrets::get(&mut tx, &subscription.id.to_string(), SecretName::WebhookSecret).await
}

async fn settle(
    engine: &Inner,
    subscription: Option<&Subscription>,
    mut delivery: Delivery,
    sent: Result<(), Undelivered>,
) -> Result<(), EngineError> {
    let now = engine.clock.now();
    if let Some(subscription) = subscription {
        engine.notices.sent(subscription, sent.is_ok());
    }
    delivery.error = sent.as_ref().err().map(ToString::to_string);
    let wait = match sent {
        Ok(()) | Err(Undelivered::Gone) => None,
        Err(_) => notice::backoff(delivery.attempts),
    };
    delivery.state = match (&sent, wait) {
        (Ok(()), _) => DeliveryState::Delivered,
        (Err(_), Some(_)) => DeliveryState::Waiting,
        (Err(_), None) => DeliveryState::GivenUp,
    };
    delivery.next_at = wait.map(|wait| now + wait);
    delivery.finished_at = wait.is_none().then_some(now);
    let mut tx = engine.store.begin().await?;
    if !organisations::is_there(&mut tx, delivery.organisation).await? {
        return Ok(());
    }
    let _ = deliveries::settle(&mut tx, &delivery).await?;
    if sent == Err(Undelivered::Gone) {
        let why = "it answered that it is gone (410)";
        let _ = subscriptions::disable(&mut tx, delivery.subscription, why).await?;
        deliveries::give_up_all(&mut tx, delivery.subscription, why, now).await?;
    }
    tx.commit().await?;
    say(subscription, &delivery);
    Ok(())
}

fn say(subscription: Option<&Subscription>, delivery: &Delivery) {
    let (name, attempts) = (subscription.map(|it| it.name.as_str()), delivery.attempts);
    let id = delivery.id;
    match (&delivery.error, delivery.state) {
        (Some(error), DeliveryState::GivenUp) => tracing::error!(
            subscription.name = name, message.id = %id, attempts, error, "a message was given up"
        ),
        (Some(error), _) => tracing::warn!(
            subscription.name = name, message.id = %id, attempts, error, "a message did not arrive"
        ),
        (None, _) => tracing::info!(
            subscription.name = name, message.id = %id, attempts, "a message arrived"
        ),
    }
}
