//! Whether what was told to be wrong is well again.
//!
//! # Invariants
//!
//! * The last word is the right one: what still waits to be sent about something that is well again is
//!   not sent any more. While it is on its way nothing is said; the next look sees what came of it.
//! * That it is well again is told to whoever heard that it was not.
//! * What goes wrong with one of them leaves the others alone.

use std::collections::BTreeSet;

use berth_domain::notice::{self, DeliveryState, HOUR, Message, TroubleState};
use berth_domain::{Timestamp, chain};
use berth_store::deliveries::{self, Delivery, Trouble};
use berth_store::subscriptions::Subscription;
use berth_store::{StoreError, Tx, organisations};

use super::now::{Now, now};
use super::{delivery, message_id};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::usecase::maker;

/// How many messages of a kind are looked at to find those about one thing.
const LOOKED_AT: u32 = 1000;

/// Whether somebody heard that something was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Yes,
    No,
    /// It is being said at this moment.
    Now,
}

pub(super) async fn look(engine: &Inner, subscription: &Subscription) -> Result<(), EngineError> {
    let mut tx = engine.store.read().await?;
    let open = deliveries::open_troubles(&mut tx, subscription.id).await?;
    let mut news = Vec::new();
    for trouble in open.rows {
        let now = now(&mut tx, &trouble).await?;
        let is_due = trouble.state == TroubleState::Held
            && engine.clock.now().duration_since(trouble.told_at).unsigned_abs() >= HOUR;
        match now {
            Now::Well | Now::Gone => news.push((trouble, now)),
            Now::Wrong if is_due => news.push((trouble, now)),
            Now::Wrong | Now::Unknown => {}
        }
    }
    // One look at who answers for it, and only when there is something to tell.
    let is_lost = !news.is_empty()
        && maker::webhook_lost(&mut tx, subscription, engine.clock.now()).await?.is_some();
    drop(tx);
    if is_lost {
        return Ok(());
    }
    for (trouble, now) in news {
        if let Err(error) = follow(engine, subscription, (&trouble, now)).await {
            let (kind, subject) = (&trouble.kind, &trouble.subject);
            tracing::warn!(kind, subject, error = %chain(&error), "cannot tell how it is now");
        }
    }
    Ok(())
}

async fn follow(
    engine: &Inner,
    subscription: &Subscription,
    (trouble, now): (&Trouble, Now),
) -> Result<(), EngineError> {
    let mut tx = engine.store.begin().await?;
    let about = (trouble.kind.as_str(), trouble.subject.as_str());
    if !organisations::is_there(&mut tx, subscription.organisation).await? {
        return Ok(());
    }
    // Somebody may have told more meanwhile.
    if deliveries::trouble(&mut tx, subscription.id, about).await?.as_ref() == Some(trouble) {
        settle(&mut tx, engine, subscription, (trouble.clone(), now)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Notes that something is well again which somebody else found out.
pub(super) async fn is_well(
    tx: &mut Tx,
    engine: &Inner,
    subscription: &Subscription,
    about: (&str, &str),
) -> Result<(), EngineError> {
    match super::if_readable(deliveries::trouble(tx, subscription.id, about).await)? {
        Some(trouble) if trouble.state != TroubleState::Well => {
            settle(tx, engine, subscription, (trouble, Now::Well)).await
        }
        _ => Ok(()),
    }
}

async fn settle(
    tx: &mut Tx,
    engine: &Inner,
    subscription: &Subscription,
    (mut trouble, now): (Trouble, Now),
) -> Result<(), EngineError> {
    let at = engine.clock.now();
    let id = message_id(engine);
    let said = if now == Now::Wrong {
        trouble.told_at = at;
        trouble.state = TroubleState::Told;
        Some(Message { id: id.to_string(), ..trouble.message.clone() })
    } else {
        let word = match now {
            Now::Gone => notice::out_of_sight(&trouble.message, &id.to_string(), at),
            _ => Some(notice::recovered(&trouble.message, &id.to_string(), at)),
        };
        let heard = match word {
            Some(_) => take_back(tx, &trouble, at).await?,
            None => Heard::No,
        };
        if heard == Heard::Now {
            return Ok(());
        }
        let is_awaited = heard == Heard::Yes && trouble.state == TroubleState::Told;
        trouble.state = TroubleState::Well;
        word.filter(|_| is_awaited)
    };
    if let Some(message) = said {
        let message = delivery(engine, subscription, (id, message), at);
        deliveries::insert(tx, &message).await?;
    }
    deliveries::put_trouble(tx, &trouble).await?;
    Ok(())
}

/// Gives up what still waits to be sent about something that is over.
async fn take_back(tx: &mut Tx, trouble: &Trouble, at: Timestamp) -> Result<Heard, StoreError> {
    let recovered = notice::recovered(&trouble.message, "", at).kind;
    let kinds = (trouble.kind.as_str(), recovered.as_str());
    let listed = deliveries::of_kinds(tx, trouble.subscription, kinds, LOOKED_AT).await?.rows;
    let told: Vec<Delivery> = since_it_was_well(trouble, listed);
    if told.iter().any(|message| is_on_its_way(message, at)) {
        return Ok(Heard::Now);
    }
    for message in told.iter().filter(|it| it.state == DeliveryState::Waiting) {
        let taken_back = Delivery {
            state: DeliveryState::GivenUp,
            next_at: None,
            error: Some("it is well again".to_owned()),
            finished_at: Some(at),
            ..message.clone()
        };
        if !deliveries::settle(tx, &taken_back).await?.is_updated() {
            return Ok(Heard::Now);
        }
    }
    let has_arrived = told.iter().any(|message| message.state == DeliveryState::Delivered);
    Ok(if has_arrived { Heard::Yes } else { Heard::No })
}

/// What was said about it since it was last said to be well. `listed` is newest first.
fn since_it_was_well(trouble: &Trouble, listed: Vec<Delivery>) -> Vec<Delivery> {
    let (told, words): (Vec<Delivery>, Vec<Delivery>) =
        listed.into_iter().partition(|it| it.message.kind == trouble.kind);
    let over: BTreeSet<String> = words.into_iter().map(|it| it.message.message).collect();
    let is_over = |message: &Message| {
        over.contains(&notice::recovered(message, "", Timestamp::default()).message)
    };
    told.into_iter()
        .filter(|it| notice::is_about_the_same(&it.message, &trouble.message))
        .take_while(|it| !is_over(&it.message))
        .collect()
}

/// Claimed, and not yet settled.
fn is_on_its_way(message: &Delivery, at: Timestamp) -> bool {
    message.attempts > 0 && message.error.is_none() && message.next_at.is_some_and(|next| next > at)
}
