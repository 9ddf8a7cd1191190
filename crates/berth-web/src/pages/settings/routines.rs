//! What goes by itself in an organisation: schedules, and who is told what happens.

use berth_domain::Actor;
use berth_engine::Engine;
use berth_engine::request::PageRequest;
use berth_engine::view::{Channel, ScheduleView, WebhookView};

use crate::error::ApiError;
use crate::pages::schedules::row::{status, what};
use crate::pages::words::{Status, capitalised};

/// How many of each are shown.
const SHOWN: u32 = 100;

/// What goes by itself.
#[derive(Debug)]
pub(super) struct Routines {
    pub(super) schedules: Vec<ScheduleRow>,
    pub(super) webhooks: Vec<WebhookRow>,
    /// Whether there are more than are shown.
    pub(super) has_more: bool,
}

/// A schedule, worded.
#[derive(Debug)]
pub(super) struct ScheduleRow {
    pub(super) name: String,
    /// `Restart acme, every day at 03:30 (Europe/Berlin)`.
    pub(super) what: String,
    pub(super) next: String,
    pub(super) status: Status,
}

/// Somebody who is told, worded.
#[derive(Debug)]
pub(in crate::pages) struct WebhookRow {
    pub(in crate::pages) name: String,
    pub(in crate::pages) whom: String,
    pub(in crate::pages) events: String,
    /// What became of the messages of the last day.
    pub(in crate::pages) counts: String,
    pub(in crate::pages) status: Status,
}

impl Routines {
    pub(super) async fn of(engine: &Engine, actor: &Actor, org: &str) -> Result<Self, ApiError> {
        let request = PageRequest { limit: Some(SHOWN), ..PageRequest::default() };
        let schedules = engine.schedules(actor, org, &request).await?;
        let webhooks = engine.webhooks(actor, org, &request).await?;
        Ok(Self {
            has_more: schedules.next.is_some() || webhooks.next.is_some(),
            schedules: schedules.items.into_iter().map(ScheduleRow::of).collect(),
            webhooks: webhooks.items.into_iter().map(WebhookRow::of).collect(),
        })
    }
}

impl ScheduleRow {
    fn of(view: ScheduleView) -> Self {
        Self {
            name: view.schedule.name.to_string(),
            what: what(&view),
            status: status(&view),
            next: view.next.into_iter().next().map(|it| it.local).unwrap_or_default(),
        }
    }
}

impl WebhookRow {
    pub(in crate::pages) fn of(view: WebhookView) -> Self {
        let WebhookView { subscription, resting, counts } = view;
        let status = match (&subscription.disabled, &resting) {
            (Some(why), _) => Status::new("idle", format!("Off: {why}")),
            (None, Some(why)) => Status::new("warn", capitalised(why)),
            (None, None) if counts.given_up > 0 => Status::new("warn", "Messages were given up"),
            (None, None) => Status::new("ok", "On"),
        };
        Self {
            name: subscription.name,
            whom: match subscription.channel {
                Channel::Webhook { url } => url,
                Channel::Mail => "mail to those that the configuration names".to_owned(),
            },
            events: subscription.events.to_string(),
            counts: format!(
                "{} delivered, {} waiting, {} given up in a day",
                counts.delivered, counts.waiting, counts.given_up
            ),
            status,
        }
    }
}
