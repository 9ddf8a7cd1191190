//! Webhooks, and the mail to the readers that the configuration names.

mod messages;
mod words;
mod written;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use berth_domain::notice::Patterns;
use berth_domain::schedule::Label;
use berth_domain::{Actor, Problems, SubscriptionId};
use berth_store::deliveries;
use berth_store::secrets::{self, SecretName};
use berth_store::subscriptions::{self as stored, Channel, Subscription};
use berth_store::{StoreError, Tx, events};
use secrecy::SecretString;

use super::maker;
use super::notify::{MAIL, switch};
use super::{organisation, shown};
use crate::Engine;
use crate::error::EngineError;
use crate::page;
use crate::request::{CreateWebhook, PageRequest, SetWebhook};
use crate::secret::random;
use crate::view::{Listing, NewWebhook, PlanView, WebhookView};
use words::{named_after, plan, taken};
use written::{changed as told_changed, deed, told};

/// Of how long the messages are counted that are shown with a webhook.
const DAY: Duration = Duration::from_hours(24);

impl Engine {
    /// Lists who is told what happens.
    pub async fn webhooks(
        &self,
        actor: &Actor,
        org: &str,
        request: &PageRequest,
    ) -> Result<Listing<WebhookView>, EngineError> {
        let mut problems = Problems::default();
        let part = page::part(request, ["name", "-name"], page::name, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let listed = stored::list(&mut tx, organisation.id, &part).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a subscription cannot be read");
        }
        let mut views = Vec::with_capacity(listed.rows.len());
        for subscription in listed.rows {
            views.push(self.webhook_view(&mut tx, subscription).await?);
        }
        Ok(Listing { items: views, next: listed.next })
    }

    /// Shows one of them.
    pub async fn webhook(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<WebhookView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let subscription = find(&mut tx, actor, (org, name)).await?;
        self.webhook_view(&mut tx, subscription).await
    }

    /// Says which webhook would be made.
    pub async fn plan_webhook(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateWebhook,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let subscription = self.draft_webhook(&mut tx, actor, org, request).await?;
        if stored::find(&mut tx, subscription.organisation, &subscription.name).await?.is_some() {
            return Err(taken(&subscription.name));
        }
        Ok(plan("make", &subscription))
    }

    /// Makes a webhook. Its secret is in the answer and nowhere else after that.
    pub async fn create_webhook(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateWebhook,
    ) -> Result<NewWebhook, EngineError> {
        let secret = SecretString::from(format!("whsec_{}", STANDARD.encode(random::<32>())));
        let mut tx = self.0.store.begin().await?;
        let subscription = self.draft_webhook(&mut tx, actor, org, request).await?;
        match stored::insert(&mut tx, &subscription).await {
            Err(StoreError::Taken { .. }) => return Err(taken(&subscription.name)),
            done => done?,
        }
        let owner = subscription.id.to_string();
        secrets::put(&mut tx, &owner, SecretName::WebhookSecret, &secret).await?;
        let deed = deed("webhook.create", &subscription).after(told(&subscription));
        self.record(&mut tx, actor, deed).await?;
        let webhook = self.webhook_view(&mut tx, subscription).await?;
        tx.commit().await?;
        tracing::info!(%actor, webhook.name = webhook.subscription.name, "somebody made a webhook");
        Ok(NewWebhook { webhook, secret })
    }

    /// Says what a webhook would be after a change.
    pub async fn plan_set_webhook(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        request: &SetWebhook,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let subscription = find(&mut tx, actor, (org, name)).await?;
        Ok(plan("change", &self.changed_webhook(actor, subscription, request)?))
    }

    /// Changes a webhook, or switches it off or on. What happened while it was off is not told. Whoever does
    /// answers for it from then on.
    pub async fn set_webhook(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        request: &SetWebhook,
    ) -> Result<WebhookView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let subscription = find(&mut tx, actor, (org, name)).await?;
        let changed = self.changed_webhook(actor, subscription.clone(), request)?;
        let _ = stored::update(&mut tx, &changed).await?;
        switch(&self.0, &mut tx, (&subscription, &changed)).await?;
        let deed = deed("webhook.set", &changed).before(told(&subscription));
        let deed = deed.after(told_changed(&subscription, &changed));
        self.record(&mut tx, actor, deed).await?;
        let view = self.webhook_view(&mut tx, changed).await?;
        tx.commit().await?;
        tracing::info!(%actor, webhook.name = name, "somebody changed a webhook");
        Ok(view)
    }

    /// Says what removing a webhook would do.
    pub async fn plan_delete_webhook(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let subscription = webhook(&mut tx, actor, (org, name)).await?;
        Ok(plan("remove", &subscription))
    }

    /// Removes a webhook with its secret and what waits to be sent.
    pub async fn delete_webhook(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<(), EngineError> {
        let mut tx = self.0.store.begin().await?;
        let subscription = webhook(&mut tx, actor, (org, name)).await?;
        let _ = stored::delete(&mut tx, subscription.id).await?;
        let deed = deed("webhook.delete", &subscription).before(told(&subscription));
        self.record(&mut tx, actor, deed).await?;
        tx.commit().await?;
        tracing::info!(%actor, webhook.name = name, "somebody removed a webhook");
        Ok(())
    }

    async fn webhook_view(
        &self,
        tx: &mut Tx,
        subscription: Subscription,
    ) -> Result<WebhookView, EngineError> {
        let since = self.0.clock.now() - DAY;
        let counts = deliveries::count(tx, subscription.id, since).await?;
        let resting = match subscription.disabled {
            Some(_) => None,
            None => maker::webhook_lost(tx, &subscription, self.0.clock.now()).await?,
        };
        Ok(WebhookView { subscription, resting, counts })
    }

    async fn draft_webhook(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        org: &str,
        request: &CreateWebhook,
    ) -> Result<Subscription, EngineError> {
        let organisation = organisation(tx, actor, org).await?;
        let mut problems = Problems::default();
        problems.check("url", self.0.messenger.check(&request.url));
        let name = request.name.clone().unwrap_or_else(|| named_after(&request.url));
        let name = problems.check("name", name.parse::<Label>());
        if name.as_ref().is_some_and(|name| name.as_str() == MAIL) {
            problems.add("name", "`mail` is what the readers of mail are called");
        }
        let events = request.events.as_deref().map_or(Ok(Patterns::all()), str::parse);
        let events = problems.check("events", events);
        let (Some(name), Some(events), true) = (name, events, problems.is_empty()) else {
            return Err(EngineError::Invalid(problems));
        };
        Ok(Subscription {
            id: SubscriptionId::from_uuid(self.0.ids.uuid()),
            organisation: organisation.id,
            name: name.to_string(),
            channel: Channel::Webhook { url: request.url.clone() },
            events,
            disabled: None,
            cursor: events::latest(tx).await?,
            created_at: self.0.clock.now(),
            created_by: actor.clone(),
        })
    }

    fn changed_webhook(
        &self,
        actor: &Actor,
        before: Subscription,
        request: &SetWebhook,
    ) -> Result<Subscription, EngineError> {
        let mut problems = Problems::default();
        let mut changed = before;
        if let Some(url) = &request.url {
            problems.check("url", self.0.messenger.check(url));
            match &mut changed.channel {
                Channel::Webhook { url: old } => old.clone_from(url),
                Channel::Mail => problems.add("url", "mail goes to the readers in `[mail]`"),
            }
        }
        if let Some(text) = &request.events {
            changed.events = problems.check("events", text.parse()).unwrap_or(changed.events);
        }
        match request.enabled {
            Some(true) => changed.disabled = None,
            Some(false) => changed.disabled = Some("somebody switched it off".to_owned()),
            None => {}
        }
        // The readers of mail are the configuration's, whoever switches them off.
        if changed.channel != Channel::Mail {
            changed.created_by = actor.clone();
        }
        if problems.is_empty() { Ok(changed) } else { Err(EngineError::Invalid(problems)) }
    }
}

async fn find(
    tx: &mut Tx,
    actor: &Actor,
    (org, name): (&str, &str),
) -> Result<Subscription, EngineError> {
    let organisation = organisation(tx, actor, org).await?;
    let found = stored::find(tx, organisation.id, name).await?;
    found.ok_or_else(|| EngineError::NoSuchWebhook(shown(name)))
}

/// The same of what people made, which the readers of mail are not.
async fn webhook(
    tx: &mut Tx,
    actor: &Actor,
    (org, name): (&str, &str),
) -> Result<Subscription, EngineError> {
    match find(tx, actor, (org, name)).await? {
        Subscription { channel: Channel::Mail, .. } => {
            let mut problems = Problems::default();
            problems.add("name", "mail comes from `[mail]` in berth.toml; switch it off with `berth webhook set mail --off`");
            Err(EngineError::Invalid(problems))
        }
        found => Ok(found),
    }
}
