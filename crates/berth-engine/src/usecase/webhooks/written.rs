//! What is written down of those who are told what happens.

use berth_domain::audit::{Object, ObjectKind};
use berth_store::subscriptions::{Channel, Subscription};
use serde_json::{Value, json};

use crate::usecase::audit::Deed;

pub(super) fn deed(action: &'static str, subscription: &Subscription) -> Deed {
    let object = Object::new(ObjectKind::Webhook, subscription.id, &subscription.name);
    Deed::new(action, subscription.organisation, object)
}

/// Of the address its host only: whoever has all of it may write there, as with a password.
pub(super) fn told(subscription: &Subscription) -> Value {
    json!({
        "host": host(subscription),
        "events": subscription.events.to_string(),
        "enabled": subscription.disabled.is_none(),
        "on_behalf_of": subscription.created_by.to_string(),
    })
}

/// What was changed becomes, and whether anything of the address did that is not shown.
pub(super) fn changed(before: &Subscription, after: &Subscription) -> Value {
    let mut changed = told(after);
    changed["has_another_address"] = json!(before.channel != after.channel);
    changed
}

fn host(subscription: &Subscription) -> Option<&str> {
    let Channel::Webhook { url } = &subscription.channel else { return None };
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // What stands before an `@` are a name and a password.
    Some(authority.rsplit('@').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use berth_domain::{Actor, OrganisationId, SubscriptionId, Timestamp};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn of_an_address_only_its_host_is_told() {
        for (url, expected) in [
            ("https://hooks.example.com/services/T0/s3cret", Some("hooks.example.com")),
            (
                "https://anna:s3cret@hooks.example.com:8443?key=s3cret",
                Some("hooks.example.com:8443"),
            ),
            ("https://a@s3cret@hooks.example.com#s3cret", Some("hooks.example.com")),
            ("s3cret", None),
        ] {
            let subscription = Subscription {
                id: SubscriptionId::from_uuid(Uuid::from_u128(1)),
                organisation: OrganisationId::from_uuid(Uuid::from_u128(2)),
                name: "ops".to_owned(),
                channel: Channel::Webhook { url: url.to_owned() },
                events: "*".parse().unwrap(),
                disabled: None,
                cursor: 0,
                created_at: Timestamp::UNIX_EPOCH,
                created_by: Actor::System,
            };
            assert_eq!(told(&subscription)["host"], json!(expected), "{url}");
        }
    }
}
