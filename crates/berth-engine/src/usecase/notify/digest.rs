//! From events to messages.

use berth_domain::notice::{self, Facts, KINDS, Message, Said, TroubleState};
use berth_domain::{Tenant, TenantState, Timestamp};
use berth_store::deliveries::{self, Trouble};
use berth_store::events::{self, Event};
use berth_store::subscriptions::{self, Subscription};
use berth_store::{Tx, organisations, tenants};

use super::{delivery, if_readable, message_id, troubles};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::usecase::maker;

/// How many events are looked at in one transaction.
const BATCH: u32 = 500;

/// What becomes of one event for one subscriber.
struct Notice {
    kind: &'static str,
    subject: String,
    message: Message,
    reason: String,
}

/// Passes a batch of events and returns the new cursor. `None`: it was elsewhere, or there is nobody left.
pub(super) async fn digest(
    engine: &Inner,
    (subscription, organisation): (&Subscription, &str),
    (cursor, latest): (i64, i64),
) -> Result<Option<i64>, EngineError> {
    let mut tx = engine.store.begin().await?;
    if !organisations::is_there(&mut tx, subscription.organisation).await? {
        return Ok(None);
    }
    if maker::webhook_lost(&mut tx, subscription, engine.clock.now()).await?.is_some() {
        // As for one that is off: what happens meanwhile is not told later.
        let moved = subscriptions::advance(&mut tx, subscription.id, (cursor, latest)).await?;
        tx.commit().await?;
        return Ok(moved.is_updated().then_some(latest));
    }
    let batch = events::after(&mut tx, subscription.organisation, cursor, None, BATCH).await?;
    // One row that cannot be read must not hold up all that follow, nor have them left out.
    let next = match batch.last {
        Some(last) if batch.is_whole => last,
        last => latest.max(last.unwrap_or(0)),
    };
    let moved = subscriptions::advance(&mut tx, subscription.id, (cursor, next)).await?;
    if !moved.is_updated() {
        return Ok(None);
    }
    for event in &batch.rows {
        pass(&mut tx, engine, (subscription, organisation), event).await?;
    }
    tx.commit().await?;
    Ok(Some(next))
}

async fn pass(
    tx: &mut Tx,
    engine: &Inner,
    (subscription, organisation): (&Subscription, &str),
    event: &Event,
) -> Result<(), EngineError> {
    if event.kind == "host.disk_ok" {
        let about = ("host.disk_low", subject(event, "host.disk_low"));
        return troubles::is_well(tx, engine, subscription, (about.0, &about.1)).await;
    }
    if !may_be_told(event) {
        return Ok(());
    }
    let tenant = match event.tenant {
        Some(id) => if_readable(tenants::get(tx, event.organisation, id).await)?,
        None => None,
    };
    let kinds = kinds(event, tenant.as_ref());
    let Some(kind) = kinds.into_iter().find(|kind| subscription.events.has(kind)) else {
        return Ok(());
    };
    let id = message_id(engine);
    let operation = event.operation.map(|id| id.to_string());
    let url = tenant.as_ref().map(|tenant| engine.settings.url(&tenant.host));
    let facts = Facts {
        id: &id.to_string(),
        at: event.at,
        organisation,
        tenant: tenant.as_ref().map(|tenant| tenant.name.as_str()),
        operation: operation.as_deref(),
        url: url.as_deref(),
        data: &event.data,
    };
    let (message, reason) = notice::of_event(kind, facts);
    let notice = Notice { kind, subject: subject(event, kind), message, reason };
    tell(tx, engine, subscription, (id, notice)).await
}

/// Most of what happens to operations is told to nobody.
fn may_be_told(event: &Event) -> bool {
    match event.kind.as_str() {
        "state" => event.data.get("state").and_then(|it| it.as_str()) == Some("stuck"),
        "drifted" => true,
        other => KINDS.contains(&other),
    }
}

/// As which kinds an event that may be told is told, the most telling first.
fn kinds(event: &Event, tenant: Option<&Tenant>) -> Vec<&'static str> {
    match event.kind.as_str() {
        "state" => {
            let broken = tenant.is_some_and(|tenant| match tenant.state {
                TenantState::Broken { failed, .. } => Some(failed) == event.operation,
                _ => false,
            });
            if broken { vec!["tenant.broken", "operation.stuck"] } else { vec!["operation.stuck"] }
        }
        "drifted" => vec!["tenant.drifted"],
        other => KINDS.iter().copied().filter(|kind| *kind == other).collect(),
    }
}

/// What a kind is about: the tenant, the operation, the schedule, a disk.
fn subject(event: &Event, kind: &str) -> String {
    let field = |name: &str| event.data.get(name).and_then(|value| value.as_str());
    let named = match kind.split('.').next() {
        Some("tenant") => event.tenant.map(|id| id.to_string()),
        Some("operation") => event.operation.map(|id| id.to_string()),
        Some("schedule") => field("schedule").map(str::to_owned),
        _ => field("place").map(str::to_owned),
    };
    named.unwrap_or_else(|| "host".to_owned())
}

async fn tell(
    tx: &mut Tx,
    engine: &Inner,
    subscription: &Subscription,
    (id, notice): (berth_domain::DeliveryId, Notice),
) -> Result<(), EngineError> {
    let now: Timestamp = engine.clock.now();
    let Notice { kind, subject, message, reason } = notice;
    let before = deliveries::trouble(tx, subscription.id, (kind, &subject)).await;
    let before = if_readable(before)?;
    let last = before.as_ref().map(|it| (it.state, it.reason.as_str(), it.told_at));
    let lasting = notice::is_lasting(kind);
    let (state, told_at) = match notice::say(last, &reason, now) {
        Said::Already => return Ok(()),
        Said::Later if !lasting => return Ok(()),
        Said::Later => (TroubleState::Held, before.map_or(now, |it| it.told_at)),
        Said::Now => {
            let message = delivery(engine, subscription, (id, message.clone()), now);
            deliveries::insert(tx, &message).await?;
            (if lasting { TroubleState::Told } else { TroubleState::Well }, now)
        }
    };
    let trouble = Trouble {
        subscription: subscription.id,
        organisation: subscription.organisation,
        kind: kind.to_owned(),
        subject,
        state,
        reason,
        message,
        told_at,
    };
    deliveries::put_trouble(tx, &trouble).await?;
    Ok(())
}
