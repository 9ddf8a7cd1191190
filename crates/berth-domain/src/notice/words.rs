//! Events in words.

use serde_json::Value;

use super::Message;
use crate::{Bytes, OrganisationName, Timestamp};

/// What is known of an event besides its kind.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Of the message.
    pub id: &'a str,
    pub at: Timestamp,
    pub organisation: &'a str,
    /// The tenant's name. `None`: it is about none, or it is gone.
    pub tenant: Option<&'a str>,
    pub operation: Option<&'a str>,
    pub url: Option<&'a str>,
    pub data: &'a Value,
}

/// Between what is free and where.
const AT: &str = " at ";

struct Words {
    title: String,
    message: String,
    hint: Option<String>,
    command: Option<String>,
}

/// Makes the message about an event. The second is the reason, by which repetitions are known.
#[must_use]
pub fn of_event(kind: &str, facts: Facts<'_>) -> (Message, String) {
    let words = words(kind, &facts);
    // Where the message has figures in it, or changes from one attempt to put it right to the next, it
    // differs each time.
    let has_figures = matches!(
        kind,
        "tenant.drifted" | "tenant.over_limit" | "tenant.storage_warning" | "host.disk_low"
    );
    let reason = if has_figures { words.title.clone() } else { words.message.clone() };
    (message(kind.to_owned(), facts, words), reason)
}

/// Makes the message that something is well again.
#[must_use]
pub fn recovered(trouble: &Message, id: &str, at: Timestamp) -> Message {
    let subject = trouble.kind.split('.').next().unwrap_or("tenant");
    let about = trouble.tenant.as_deref().or(trouble.operation.as_deref()).unwrap_or("the host");
    Message {
        id: id.to_owned(),
        kind: format!("{subject}.recovered"),
        time: at.to_string(),
        title: format!("{about} is well again"),
        message: format!("What was wrong since {} is over: {}", trouble.time, trouble.title),
        hint: None,
        command: None,
        ..trouble.clone()
    }
    .tidy()
}

/// Makes the message that nobody looks any more at what was wrong. `None`: whoever took it away knows.
#[must_use]
pub fn out_of_sight(trouble: &Message, id: &str, at: Timestamp) -> Option<Message> {
    if trouble.kind != "host.disk_low" {
        return None;
    }
    let title = "a disk is not looked at any more".to_owned();
    Some(Message { title, ..recovered(trouble, id, at) })
}

/// Whether two messages of one kind are about the same tenant, operation or disk.
#[must_use]
pub fn is_about_the_same(one: &Message, other: &Message) -> bool {
    let path = |message: &Message| message.message.rsplit_once(AT).map(|(_, path)| path.to_owned());
    match one.kind.split('.').next() {
        Some("tenant") => one.tenant == other.tenant,
        Some("operation") => one.operation == other.operation,
        _ => path(one) == path(other),
    }
}

fn message(kind: String, facts: Facts<'_>, words: Words) -> Message {
    Message {
        id: facts.id.to_owned(),
        kind,
        time: facts.at.to_string(),
        organisation: facts.organisation.to_owned(),
        tenant: facts.tenant.map(str::to_owned),
        operation: facts.operation.map(str::to_owned),
        title: words.title,
        message: words.message,
        hint: words.hint,
        command: words.command.map(|command| placed(&command, facts.organisation)),
        url: facts.url.map(str::to_owned),
    }
    .tidy()
}

/// A command as it is typed for an organisation that is not the one that is meant when nobody says.
fn placed(command: &str, organisation: &str) -> String {
    match command.strip_prefix("berth ") {
        Some(rest) if organisation != OrganisationName::FIRST => {
            format!("berth --organisation {organisation} {rest}")
        }
        Some(_) | None => command.to_owned(),
    }
}

fn words(kind: &str, facts: &Facts<'_>) -> Words {
    let field = |name: &str| facts.data.get(name).and_then(Value::as_str).map(str::to_owned);
    let tenant = facts.tenant.map(str::to_owned).or_else(|| field("tenant"));
    let tenant = tenant.unwrap_or_else(|| "a tenant".to_owned());
    let show = Some(format!("berth tenant show {tenant}"));
    let operation = facts.operation.unwrap_or("-");
    let why = || field("reason").or_else(|| field("error")).or_else(|| field("message"));
    match kind {
        "tenant.broken" => Words {
            title: format!("{tenant} is broken"),
            message: why().unwrap_or_else(|| "an operation on it could not be finished".to_owned()),
            hint: Some("try the operation that failed again once its cause is gone".to_owned()),
            command: Some(format!("berth operation retry {operation}")),
        },
        "tenant.drifted" => Words {
            title: format!("{tenant} is not as it should be"),
            message: why().unwrap_or_else(|| "it differs from what was asked for".to_owned()),
            hint: field("hint").or_else(|| Some("Berth goes on trying to put it right".to_owned())),
            command: show,
        },
        "tenant.over_limit" => {
            storage(facts, (format!("{tenant} uses more storage than it may"), show), why())
        }
        "tenant.storage_warning" => {
            storage(facts, (format!("{tenant} has little storage left"), show), why())
        }
        "tenant.expires" => expires(&tenant, facts),
        "operation.stuck" => Words {
            title: format!("an operation on {tenant} is stuck"),
            message: why().unwrap_or_else(|| "it can go neither on nor back by itself".to_owned()),
            hint: Some("try it again once its cause is gone, or take it back".to_owned()),
            command: Some(format!("berth operation retry {operation}")),
        },
        "schedule.missed" => {
            let schedule = field("schedule").unwrap_or_else(|| "-".to_owned());
            Words {
                title: format!("schedule {schedule} missed its time"),
                message: why().unwrap_or_else(|| "Berth did not run when it was due".to_owned()),
                hint: Some("run it now if it is still wanted".to_owned()),
                command: Some(format!("berth schedule run {schedule}")),
            }
        }
        "host.disk_low" => disk(facts, why()),
        "notice.test" => Words {
            title: "a message to try out the way".to_owned(),
            message: "If you read this, messages of this installation reach you".to_owned(),
            hint: None,
            command: None,
        },
        other => Words {
            title: other.to_owned(),
            message: why().unwrap_or_else(|| format!("{other} happened")),
            hint: field("hint"),
            command: None,
        },
    }
}

fn storage(
    facts: &Facts<'_>,
    (title, command): (String, Option<String>),
    why: Option<String>,
) -> Words {
    let bytes = |name: &str| facts.data.get(name).and_then(Value::as_u64).map(Bytes);
    let message = why.unwrap_or_else(|| match (bytes("used_bytes"), bytes("limit_bytes")) {
        (Some(used), Some(limit)) => format!("its database and files take {used} of {limit}"),
        _ => "its database and files take about what they may".to_owned(),
    });
    let hint = Some("remove something from it, or give it a larger limit".to_owned());
    Words { title, message, hint, command }
}

fn disk(facts: &Facts<'_>, why: Option<String>) -> Words {
    let text = |name: &str| facts.data.get(name).and_then(Value::as_str);
    let path = text("path").unwrap_or("the home");
    let free = facts.data.get("free_bytes").and_then(Value::as_u64).map(Bytes);
    let is_full = text("level") == Some("full");
    Words {
        title: if is_full { "a disk is full" } else { "a disk runs full" }.to_owned(),
        message: why.unwrap_or_else(|| match free {
            Some(free) => format!("{free} are free{AT}{path}"),
            None => format!("little is free{AT}{path}"),
        }),
        hint: Some("free some, or make it larger: what waits for it goes on by itself".to_owned()),
        command: Some("berth doctor".to_owned()),
    }
}

fn expires(tenant: &str, facts: &Facts<'_>) -> Words {
    let at = facts.data.get("expires_at").and_then(Value::as_str).unwrap_or("soon");
    Words {
        title: format!("{tenant} expires soon"),
        message: format!("It is closed to visitors at {at}"),
        hint: Some("give it more time if it is still needed".to_owned()),
        command: Some(format!("berth tenant set {tenant} --expires 30d")),
    }
}
