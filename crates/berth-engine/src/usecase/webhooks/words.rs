//! Webhooks in words: what is said of one, and what it is called.

use std::collections::BTreeMap;

use berth_domain::schedule::Label;
use berth_store::subscriptions::{Channel, Subscription};

use crate::error::EngineError;
use crate::view::{PlanAction, PlanView};

pub(super) fn taken(name: &str) -> EngineError {
    EngineError::NameTaken {
        message: format!("a webhook is called `{name}` already"),
        hint: "choose another name with `--name`".to_owned(),
    }
}

/// The first label of the host that is a name: `hooks` of `https://hooks.example.com/x`.
pub(super) fn named_after(url: &str) -> String {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let name: String = host.to_ascii_lowercase().chars().take(40).collect();
    if name.parse::<Label>().is_ok() { name } else { "webhook".to_owned() }
}

pub(super) fn plan(what: &str, subscription: &Subscription) -> PlanView {
    let to = match &subscription.channel {
        Channel::Webhook { url } => url.clone(),
        Channel::Mail => "the readers of mail".to_owned(),
    };
    let state = if subscription.disabled.is_some() { "off" } else { "on" };
    PlanView {
        summary: format!("{what} webhook {}", subscription.name),
        actions: vec![PlanAction {
            step: "subscribe",
            text: format!("tell {to} of {} ({state})", subscription.events),
        }],
        settings: BTreeMap::from([("url", to), ("events", subscription.events.to_string())]),
    }
}
