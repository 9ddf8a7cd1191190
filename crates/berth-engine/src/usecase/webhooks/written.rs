//! What is written down of those who are told what happens.

use berth_domain::audit::{Object, ObjectKind};
use berth_store::subscriptions::Subscription;
use serde_json::{Value, json};

use crate::usecase::audit::Deed;

pub(super) fn deed(action: &'static str, subscription: &Subscription) -> Deed {
    let object = Object::new(ObjectKind::Webhook, subscription.id, &subscription.name);
    Deed::new(action, subscription.organisation, object)
}

/// Not the address: whoever has it may write there, as with a password.
pub(super) fn told(subscription: &Subscription) -> Value {
    json!({
        "events": subscription.events.to_string(),
        "enabled": subscription.disabled.is_none(),
    })
}
