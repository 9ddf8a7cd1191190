//! Webhooks: who is told what happens. Addresses of webhooks are secrets of their own kind, so only
//! administrators see them.

use axum::routing::{delete, get, patch, post};
use berth_api::v1 as api;
use berth_domain::access::Right::Administer;

use super::{Answer, Route};
use crate::api::tenants::DryRun;
use crate::api::webhooks as webhook;
use crate::paging::Paged;

pub(super) fn all() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/webhooks";
    const ONE: &str = "/api/v1/organisations/{org}/webhooks/{name}";
    const TEST: &str = "/api/v1/organisations/{org}/webhooks/{name}/test";
    const MESSAGES: &str = "/api/v1/organisations/{org}/webhooks/{name}/deliveries";
    const AGAIN: &str = "/api/v1/organisations/{org}/webhooks/{name}/deliveries/{id}/redeliver";
    vec![
        Route::new("GET", ALL, Administer, get(webhook::list::list))
            .about("list_webhooks", "Lists who is told what happens.")
            .asks::<Paged>()
            .answers(Answer::json::<api::List<api::Webhook>>(200)),
        Route::new("POST", ALL, Administer, post(webhook::create::create))
            .about("create_webhook", "Makes a webhook, and shows its secret this once.")
            .asks::<DryRun>()
            .takes::<api::WebhookCreate>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::json::<api::WebhookCreated>(201)),
        Route::new("GET", ONE, Administer, get(webhook::show::show))
            .about("show_webhook", "Shows a webhook.")
            .answers(Answer::json::<api::Webhook>(200)),
        Route::new("PATCH", ONE, Administer, patch(webhook::set::set))
            .about("set_webhook", "Changes a webhook, or switches it off or on.")
            .asks::<DryRun>()
            .takes::<api::WebhookSet>()
            .answers(Answer::either::<api::Webhook, api::Plan>(200)),
        Route::new("DELETE", ONE, Administer, delete(webhook::delete::delete))
            .about("delete_webhook", "Removes a webhook with what waits to be sent.")
            .asks::<DryRun>()
            .answers(Answer::json::<api::Plan>(200))
            .answers(Answer::empty(204)),
        Route::new("POST", TEST, Administer, post(webhook::test::test))
            .about("test_webhook", "Sends a message at once, and says whether it arrived.")
            .repeats()
            .answers(Answer::json::<api::Delivery>(200)),
        Route::new("GET", MESSAGES, Administer, get(webhook::deliveries::deliveries))
            .about("list_deliveries", "Lists the messages to a webhook, newest first.")
            .asks::<webhook::deliveries::Filter>()
            .answers(Answer::json::<api::List<api::Delivery>>(200)),
        Route::new("POST", AGAIN, Administer, post(webhook::redeliver::redeliver))
            .about("redeliver", "Sends a message again, with the same id.")
            .asks::<DryRun>()
            .answers(Answer::either::<api::Delivery, api::Plan>(200)),
    ]
}
