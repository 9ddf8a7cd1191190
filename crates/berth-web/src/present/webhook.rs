//! Webhooks and messages.

use berth_api::v1 as api;
use berth_engine::view::{Channel, Delivery, NewWebhook, WebhookView};
use secrecy::ExposeSecret as _;

pub(crate) fn webhook(view: WebhookView) -> api::Webhook {
    let WebhookView { subscription, resting, counts } = view;
    api::Webhook {
        id: subscription.id.to_string(),
        name: subscription.name,
        url: match subscription.channel {
            Channel::Webhook { url } => Some(url),
            Channel::Mail => None,
        },
        events: subscription.events.to_string(),
        enabled: subscription.disabled.is_none(),
        disabled: subscription.disabled,
        resting,
        counts: api::MessageCounts {
            waiting: counts.waiting,
            delivered: counts.delivered,
            given_up: counts.given_up,
        },
        created_at: subscription.created_at,
        created_by: subscription.created_by.to_string(),
    }
}

pub(crate) fn new_webhook(new: NewWebhook) -> api::WebhookCreated {
    let secret = new.secret.expose_secret().to_owned();
    api::WebhookCreated { webhook: webhook(new.webhook), secret }
}

pub(crate) fn delivery(delivery: Delivery) -> api::Delivery {
    let Delivery { id, message, state, attempts, next_at, error, created_at, finished_at, .. } =
        delivery;
    api::Delivery {
        id: id.to_string(),
        kind: message.kind,
        title: message.title,
        message: message.message,
        tenant: message.tenant,
        operation: message.operation,
        state: state.to_string(),
        attempts,
        next_at,
        error,
        created_at,
        finished_at,
    }
}
