//! What is begun again and again, and who is told what happens.

use serde_json::json;

use super::{OPERATION, at};
use crate::v1::{
    AuditEntry, Delivery, MessageCounts, Moment, Schedule, ScheduleCreate, ScheduleRun,
    ScheduleRunTenant, ScheduleSet, Webhook, WebhookCreate, WebhookCreated, WebhookSet,
};

/// A schedule that ran once.
#[must_use]
pub fn schedule() -> Schedule {
    let moment = |day: i64, local: &str| Moment { at: at(day * 86_400), local: local.to_owned() };
    Schedule {
        id: "sch_0198c0de00007000800000000000d001".to_owned(),
        name: "nightly".to_owned(),
        action: "restart".to_owned(),
        tenants: vec!["acme".to_owned()],
        tag: None,
        cron: "13 15 * * *".to_owned(),
        in_words: "every day at 15:13".to_owned(),
        zone: "Europe/Brussels".to_owned(),
        paused: false,
        resting: None,
        catch_up_seconds: 3600,
        next: vec![moment(1, "Tue 2026-09-22 15:13 CEST"), moment(2, "Wed 2026-09-23 15:13 CEST")],
        runs: vec![schedule_run()],
        created_at: at(-100),
        created_by: "local:0".to_owned(),
    }
}

#[must_use]
pub fn schedule_run() -> ScheduleRun {
    ScheduleRun {
        due_at: at(0),
        at: at(1),
        actor: "local:0".to_owned(),
        outcome: "started".to_owned(),
        note: None,
        tenants: vec![ScheduleRunTenant {
            tenant: "acme".to_owned(),
            operation: Some(OPERATION.to_owned()),
            why: None,
        }],
    }
}

#[must_use]
pub fn schedule_create() -> ScheduleCreate {
    ScheduleCreate {
        name: "nightly".to_owned(),
        action: "restart".to_owned(),
        cron: "13 15 * * *".to_owned(),
        tenants: vec!["acme".to_owned()],
        zone: Some("Europe/Brussels".to_owned()),
        ..ScheduleCreate::default()
    }
}

#[must_use]
pub fn schedule_set() -> ScheduleSet {
    ScheduleSet { paused: Some(true), ..ScheduleSet::default() }
}

#[must_use]
pub fn webhook() -> Webhook {
    Webhook {
        id: "whk_0198c0de00007000800000000000e001".to_owned(),
        name: "hooks.example.com".to_owned(),
        url: Some("https://hooks.example.com/berth".to_owned()),
        events: "tenant.*,operation.stuck".to_owned(),
        enabled: true,
        disabled: None,
        resting: None,
        counts: MessageCounts { waiting: 0, delivered: 3, given_up: 1 },
        created_at: at(0),
        created_by: "local:0".to_owned(),
    }
}

#[must_use]
pub fn webhook_created() -> WebhookCreated {
    WebhookCreated { webhook: webhook(), secret: "whsec_example-not-a-real-one".to_owned() }
}

#[must_use]
pub fn webhook_create() -> WebhookCreate {
    WebhookCreate {
        url: "https://hooks.example.com/berth".to_owned(),
        events: Some("tenant.*,operation.stuck".to_owned()),
        ..WebhookCreate::default()
    }
}

#[must_use]
pub fn webhook_set() -> WebhookSet {
    WebhookSet { enabled: Some(false), ..WebhookSet::default() }
}

/// A message that is tried again soon.
#[must_use]
pub fn delivery() -> Delivery {
    Delivery {
        id: "msg_0198c0de00007000800000000000f001".to_owned(),
        kind: "tenant.broken".to_owned(),
        title: "acme is broken".to_owned(),
        message: "the image is gone".to_owned(),
        tenant: Some("acme".to_owned()),
        operation: Some(OPERATION.to_owned()),
        state: "waiting".to_owned(),
        attempts: 1,
        next_at: Some(at(10)),
        error: Some("it answered 503".to_owned()),
        created_at: at(0),
        finished_at: None,
    }
}

#[must_use]
pub fn audit_entry() -> AuditEntry {
    AuditEntry {
        id: "aud_0198c0de000070008000000000009001".to_owned(),
        at: at(60),
        actor: "local:0".to_owned(),
        action: "tenant.stop".to_owned(),
        outcome: "allowed".to_owned(),
        kind: "tenant".to_owned(),
        object: Some("tnt_0198c0de00007000800000000000b001".to_owned()),
        name: "acme".to_owned(),
        before: Some(json!({ "state": "running" })),
        after: Some(json!({ "operation": OPERATION, "state": "stopping" })),
        via: "socket".to_owned(),
        request: Some("req_0198c0de00007000800000000000c001".to_owned()),
        token: None,
        address: None,
    }
}
