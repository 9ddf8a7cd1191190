//! Messages to those who are told what happens.

use std::collections::BTreeMap;

use berth_domain::notice::{self, DeliveryState, Facts};
use berth_domain::{Actor, DeliveryId, Problems};
use berth_store::Tx;
use berth_store::deliveries::{self, Delivery};
use berth_store::subscriptions::Subscription;
use serde_json::json;

use super::find;
use super::written::deed;
use crate::Engine;
use crate::error::EngineError;
use crate::page;
use crate::request::HistoryRequest;
use crate::usecase::notify::{MAIL, delivery, message_id, try_now};
use crate::usecase::shown;
use crate::view::{Listing, PlanAction, PlanView};

impl Engine {
    /// Sends a message to try out the way, once, and says whether it arrived.
    pub async fn test_webhook(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<Delivery, EngineError> {
        let mut tx = self.0.store.read().await?;
        let subscription = match find(&mut tx, actor, (org, name)).await {
            Err(EngineError::NoSuchWebhook(_)) if name == MAIL => return Err(no_mail()),
            found => found?,
        };
        drop(tx);
        self.record_now(actor, deed("webhook.test", &subscription)).await?;
        let (id, now) = (message_id(&self.0), self.0.clock.now());
        let facts = Facts {
            id: &id.to_string(),
            at: now,
            organisation: org,
            tenant: None,
            operation: None,
            url: None,
            data: &json!({}),
        };
        let (message, _) = notice::of_event("notice.test", facts);
        let message = delivery(&self.0, &subscription, (id, message), now);
        try_now(&self.0, &subscription, &message).await?;
        Ok(message)
    }

    /// Lists the messages to a subscriber, newest first.
    pub async fn messages(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        request: &HistoryRequest,
    ) -> Result<Listing<Delivery>, EngineError> {
        let mut problems = Problems::default();
        let state = request.only.as_ref().and_then(|text| {
            problems.one_of("state", text, DeliveryState::ALL, DeliveryState::as_str)
        });
        let page = page::history(request, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let subscription = find(&mut tx, actor, (org, name)).await?;
        let listed = deliveries::history(&mut tx, subscription.id, state, &page).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a message cannot be read");
        }
        Ok(Listing { items: listed.rows, next: listed.next })
    }

    /// Says what sending a message again would do.
    pub async fn plan_message(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        id: &str,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let (subscription, message) = self.message(&mut tx, actor, (org, name), id).await?;
        let text = format!("send `{}` to {} again", message.message.title, subscription.name);
        Ok(PlanView {
            summary: format!("send message {id} again"),
            actions: vec![PlanAction { step: "send", text }],
            settings: BTreeMap::new(),
        })
    }

    /// Sends a message again, with the same id.
    pub async fn send_again(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        id: &str,
    ) -> Result<Delivery, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let (subscription, message) = self.message(&mut tx, actor, (org, name), id).await?;
        let _ = deliveries::again(&mut tx, message.id, self.0.clock.now()).await?;
        let deed = deed("webhook.redeliver", &subscription);
        let deed = deed.after(json!({ "message": message.id.to_string() }));
        self.record(&mut tx, actor, deed).await?;
        let found = deliveries::find(&mut tx, subscription.id, message.id).await?;
        tx.commit().await?;
        found.ok_or_else(|| EngineError::NoSuchMessage(shown(id)))
    }

    async fn message(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        (org, name): (&str, &str),
        id: &str,
    ) -> Result<(Subscription, Delivery), EngineError> {
        let subscription = find(tx, actor, (org, name)).await?;
        let no_such = || EngineError::NoSuchMessage(shown(id));
        let id: DeliveryId = id.parse().map_err(|_| no_such())?;
        let found = deliveries::find(tx, subscription.id, id).await?.ok_or_else(no_such)?;
        Ok((subscription, found))
    }
}

fn no_mail() -> EngineError {
    let mut problems = Problems::default();
    let hint = "fill `[mail]` in berth.toml and start the server again";
    problems.add_with_hint("mail", "no mail is configured", hint);
    EngineError::Invalid(problems)
}
