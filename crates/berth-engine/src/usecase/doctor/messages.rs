//! Whether those who want to know are reached.

use std::time::Duration;

use berth_domain::chain;
use berth_store::subscriptions::{Channel, Subscription};
use berth_store::{deliveries, subscriptions};

use super::{failed, ok, warning};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::usecase::maker;
use crate::view::Check;

/// Of how long messages are looked at.
const DAY: Duration = Duration::from_hours(24);

/// One check for mail, one for all webhooks together.
pub(super) async fn check(engine: &Inner) -> Vec<Check> {
    match look(engine).await {
        Ok(checks) => checks,
        Err(error) => vec![failed("messages", chain(&error), "look at the control database")],
    }
}

async fn look(engine: &Inner) -> Result<Vec<Check>, EngineError> {
    let since = engine.clock.now() - DAY;
    let mut tx = engine.store.read().await?;
    let (mut mail, mut webhooks) = (Vec::new(), Vec::new());
    let mut hooks = 0_u32;
    for one in subscriptions::all(&mut tx).await?.rows {
        let is_mail = one.channel == Channel::Mail;
        let last = deliveries::list(&mut tx, one.id, 1).await?.rows.pop();
        let error = last.and_then(|message| message.error);
        let counts = deliveries::count(&mut tx, one.id, since).await?;
        let resting = maker::webhook_lost(&mut tx, &one, engine.clock.now()).await?;
        let trouble = match resting.filter(|_| one.disabled.is_none()) {
            Some(why) => Some(format!("{} rests: {why}", one.name)),
            None => trouble(&one, counts.given_up, error),
        };
        hooks += u32::from(!is_mail);
        if is_mail { &mut mail } else { &mut webhooks }.extend(trouble);
    }
    let has_readers = !engine.messenger.readers().is_empty();
    let mail = match mail.first() {
        _ if !has_readers => ok("mail", "none is configured"),
        Some(trouble) => warning("mail", trouble, "try it with `berth mail test`"),
        None => ok("mail", engine.messenger.readers().join(", ")),
    };
    let webhooks = if webhooks.is_empty() {
        let told = match hooks {
            0 => "none is configured".to_owned(),
            1 => "one is told what happens".to_owned(),
            many => format!("{many} are told what happens"),
        };
        ok("webhooks", told)
    } else {
        let hint =
            "see why with `berth webhook deliveries NAME`, try with `berth webhook test NAME`";
        warning("webhooks", webhooks.join("; "), hint)
    };
    Ok(vec![mail, webhooks])
}

/// What is wrong with one of them.
fn trouble(one: &Subscription, given_up: u64, error: Option<String>) -> Option<String> {
    let name = &one.name;
    match (&one.disabled, given_up, error) {
        (Some(why), _, _) => Some(format!("{name} is off: {why}")),
        (None, 0, None) => None,
        (None, 0, Some(error)) => {
            Some(format!("the last message to {name} did not arrive: {error}"))
        }
        (None, 1, _) => Some(format!("one message to {name} was given up within a day")),
        (None, n, _) => Some(format!("{n} messages to {name} were given up within a day")),
    }
}
