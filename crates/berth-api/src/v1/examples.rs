//! One of everything, as it looks in the documentation of the API and in tests.

mod comparing;
mod found;
mod modules;
mod organisations;
mod people;
mod statistics;
mod tokens;
mod watching;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::exec::{ClientMessage, Exit, Run, ServerMessage, Start, TerminalSize};
use super::{
    Check, Credentials, DemoCreate, Disk, DiskPlace, DiskUse, Event, FieldProblem, Image, Limits,
    LogLine, LoginLink, Odoo, Operation, PasswordReset, Plan, PlanAction, Probe, Problem, Progress,
    Quota, QuotaBounds, QuotaSet, QuotaUse, SetupToken, Status, Step, Storage, Tenant,
    TenantCreate, TenantImport, TenantRename, TenantSet, Upload,
};
use crate::Secret;

pub use comparing::{tenant_comparison, tenant_difference, tenant_wish};
pub use found::{
    adoption, orphan_removal, orphan_removed, orphans, reconciliation, tenant_plan,
    tenant_plan_at_work, tenant_plan_in_trouble,
};
pub use modules::{module_names, module_removal, tenant_module};
pub use organisations::{organisation, organisation_create, organisation_set};
pub use people::{
    claim, invitation, invitation_accept, invitation_create, invitation_created, linked_provider,
    member, member_set, password_change, password_proof, person, person_reset, person_was_reset,
    provider_link, provider_visit, recovery_codes, second_factor_confirm, second_factor_enrolment,
    session, sessions_ended, sign_in, sign_in_provider,
};
pub use statistics::tenant_statistics;
pub use tokens::{token, token_create, token_created};
pub use watching::{
    audit_entry, delivery, schedule, schedule_create, schedule_run, schedule_set, webhook,
    webhook_create, webhook_created, webhook_set,
};

const OPERATION: &str = "op_0198c0de00007000800000000000a001";
const ETAG: &str = "5f0c1e9b8a7d46325f0c1e9b8a7d4632";

/// The `n`th second of the examples' day.
fn at(second: i64) -> Timestamp {
    Timestamp::constant(1_790_000_000, 0) + jiff::SignedDuration::from_secs(second)
}

#[must_use]
pub fn tenant() -> Tenant {
    Tenant {
        id: "tnt_0198c0de00007000800000000000b001".to_owned(),
        name: "acme".to_owned(),
        organisation: "default".to_owned(),
        host: "acme.localhost".to_owned(),
        url: "http://acme.localhost:8069".to_owned(),
        stage: "production".to_owned(),
        state: "running".to_owned(),
        since: None,
        until: None,
        operation: None,
        image: Image {
            reference: "odoo:19.0".to_owned(),
            digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
        },
        odoo: Odoo {
            modules: vec!["crm".to_owned(), "sale_management".to_owned()],
            language: "en_US".to_owned(),
            country: Some("BE".to_owned()),
            demo: false,
            company: "Acme Ltd".to_owned(),
            admin_login: "admin".to_owned(),
            email: None,
            time_zone: "Europe/Brussels".to_owned(),
        },
        limits: Limits {
            cpu_millis: 1000,
            memory_bytes: 1 << 30,
            pids: 256,
            storage_bytes: Some(10 << 30),
        },
        notes: Some("pays in advance".to_owned()),
        tags: vec!["eu".to_owned(), "vip".to_owned()],
        owner: Some("anna@acme.example".to_owned()),
        expires_at: None,
        addons: None,
        own_cluster: false,
        blueprint: Some("bpt_0198c0de00007000800000000000c001".to_owned()),
        generation: 3,
        etag: ETAG.to_owned(),
        container: Some("running".to_owned()),
        probes: vec![Probe {
            name: "login page".to_owned(),
            status: "ok".to_owned(),
            detail: "answered 200 through the edge".to_owned(),
        }],
        created_at: at(0),
        created_by: "local:0".to_owned(),
        storage: Some(Storage {
            used_bytes: Some(412 << 20),
            database_bytes: Some(300 << 20),
            files_bytes: Some(112 << 20),
            measured_at: Some(at(3)),
            age_seconds: Some(120),
            level: "fits".to_owned(),
            problem: None,
        }),
    }
}

#[must_use]
pub fn tenant_create() -> TenantCreate {
    TenantCreate {
        name: "acme".to_owned(),
        modules: vec!["crm".to_owned(), "sale_management".to_owned()],
        country: Some("BE".to_owned()),
        company: Some("Acme Ltd".to_owned()),
        admin_password: Some(Secret::new("correct horse battery staple".to_owned())),
        cpu: Some("1".to_owned()),
        memory: Some("1GiB".to_owned()),
        tags: vec!["vip".to_owned()],
        owner: Some("anna@acme.example".to_owned()),
        expires: Some("2026-12-31".to_owned()),
        ..TenantCreate::default()
    }
}

#[must_use]
pub fn tenant_set() -> TenantSet {
    TenantSet {
        cpu: Some("2".to_owned()),
        memory: Some("2GiB".to_owned()),
        add_tags: vec!["vip".to_owned()],
        ..TenantSet::default()
    }
}

#[must_use]
pub fn tenant_import() -> TenantImport {
    TenantImport {
        upload: "upl_0198c0de00007000800000000000d001".to_owned(),
        name: "acme".to_owned(),
        stage: Some("staging".to_owned()),
        neutralize: Some(true),
        ..TenantImport::default()
    }
}

#[must_use]
pub fn upload() -> Upload {
    Upload {
        id: "upl_0198c0de00007000800000000000d001".to_owned(),
        name: "acme.zip".to_owned(),
        size_bytes: 734_003_200,
        operation: None,
        created_at: at(0),
        created_by: "local:0".to_owned(),
    }
}

#[must_use]
pub fn tenant_rename() -> TenantRename {
    TenantRename { name: "acme2".to_owned(), host: None }
}

#[must_use]
pub fn quota() -> Quota {
    Quota {
        owner: Some("anna@acme.example".to_owned()),
        is_default: false,
        most: QuotaBounds {
            tenants: Some(3),
            cpu_millis: Some(4000),
            memory_bytes: Some(4 << 30),
            storage_bytes: None,
        },
        used: QuotaUse {
            tenants: 1,
            cpu_millis: 1000,
            memory_bytes: 1 << 30,
            storage_bytes: 10 << 30,
            stored_bytes: 412 << 20,
        },
    }
}

#[must_use]
pub fn quota_set() -> QuotaSet {
    QuotaSet { tenants: Some(3), cpu: Some("4".to_owned()), ..QuotaSet::default() }
}

#[must_use]
pub fn password_reset() -> PasswordReset {
    PasswordReset { password: Some(Secret::new("correct horse battery staple".to_owned())) }
}

#[must_use]
pub fn credentials() -> Credentials {
    Credentials {
        url: "http://acme.localhost:8069".to_owned(),
        login: "admin".to_owned(),
        password: "example-not-a-real-one".to_owned(),
    }
}

#[must_use]
pub fn login_link() -> LoginLink {
    LoginLink {
        url: "http://acme.localhost:8069/_berth/login/example".to_owned(),
        expires_at: at(60),
    }
}

/// A creation in its third step.
#[must_use]
pub fn operation() -> Operation {
    let step = |name: &str, state: &str, started: Option<i64>, finished: Option<i64>| Step {
        name: name.to_owned(),
        state: state.to_owned(),
        started_at: started.map(at),
        finished_at: finished.map(at),
    };
    Operation {
        id: OPERATION.to_owned(),
        kind: "tenant.create".to_owned(),
        target: "acme".to_owned(),
        state: "running".to_owned(),
        queue: "high".to_owned(),
        steps: vec![
            step("reserve", "done", Some(0), Some(0)),
            step("blueprint", "done", Some(0), Some(1)),
            step("database", "running", Some(1), None),
            step("container", "waiting", None, None),
        ],
        progress: Some(Progress { permille: 500, text: "clone the database".to_owned() }),
        error: None,
        created_at: at(0),
        created_by: "local:0".to_owned(),
        started_at: Some(at(0)),
        finished_at: None,
    }
}

#[must_use]
pub fn demo_create() -> DemoCreate {
    DemoCreate { name: "rehearsal".to_owned() }
}

#[must_use]
pub fn event() -> Event {
    Event {
        id: 42,
        at: at(1),
        operation: Some(OPERATION.to_owned()),
        kind: "step".to_owned(),
        data: json!({
            "step": "database", "record": "started", "attempt": 1, "error": null, "detail": null,
        }),
    }
}

#[must_use]
pub fn log_line() -> LogLine {
    LogLine {
        at: Some(at(2)),
        is_error: true,
        source: "stderr".to_owned(),
        generation: Some(3),
        text: "INFO t_eeffff0001 odoo: ready".to_owned(),
    }
}

#[must_use]
pub fn disk() -> Disk {
    let one = |kind: &str, bytes, hint: Option<&str>| DiskUse {
        kind: kind.to_owned(),
        bytes,
        hint: hint.map(str::to_owned),
    };
    Disk {
        places: vec![DiskPlace {
            name: "home".to_owned(),
            path: "/var/lib/berth".to_owned(),
            level: "low".to_owned(),
            since: Some(at(1)),
            free_bytes: 9 << 30,
            total_bytes: 100 << 30,
            free_files: 6_000_000,
            total_files: 6_553_600,
        }],
        uses: vec![
            one("control database", 4 << 20, None),
            one("kept logs", 12 << 20, Some("lower `logs.keep` or `logs.max_per_tenant`")),
        ],
    }
}

#[must_use]
pub fn plan() -> Plan {
    let action =
        |step: &str, text: &str| PlanAction { step: step.to_owned(), text: text.to_owned() };
    Plan {
        summary: "create tenant acme".to_owned(),
        actions: vec![
            action("reserve", "reserve the host acme.localhost and a network"),
            action("database", "clone database from the blueprint of odoo:19.0 (base, en_US)"),
        ],
        settings: BTreeMap::from([
            ("host".to_owned(), "acme.localhost".to_owned()),
            ("stage".to_owned(), "production".to_owned()),
        ]),
    }
}

#[must_use]
pub fn problem() -> Problem {
    Problem {
        kind: "urn:berth:problem:invalid".to_owned(),
        title: "the request is not valid".to_owned(),
        status: 422,
        detail: "2 things are wrong with the request".to_owned(),
        instance: "/api/v1/organisations/default/tenants".to_owned(),
        request_id: "req_0198c0de00007000800000000000d001".to_owned(),
        because: Vec::new(),
        problems: vec![
            FieldProblem {
                field: "name".to_owned(),
                message: "a tenant name has at least 3 characters, this one has 1".to_owned(),
                hint: None,
            },
            FieldProblem {
                field: "modules".to_owned(),
                message: "odoo:19.0 has no module `sales`".to_owned(),
                hint: Some("did you mean `sale`?".to_owned()),
            },
        ],
        hint: None,
    }
}

#[must_use]
pub fn status() -> Status {
    Status {
        version: "0.0.0".to_owned(),
        build: Some("1c9c380-6ab0c9f0-0".to_owned()),
        home: "/var/lib/berth".to_owned(),
        home_id: "eeffff0001".to_owned(),
        edge: "127.0.0.1:8069".to_owned(),
        pid: 4711,
        tenants: 3,
        operations_at_work: 1,
        orphans: 0,
        role: "driver".to_owned(),
        sockets: "own".to_owned(),
        console: Some("https://berth.example.com:8070".to_owned()),
        claimed: false,
        disk: Vec::new(),
        postgres: None,
    }
}

#[must_use]
pub fn check() -> Check {
    Check {
        name: "cgroups".to_owned(),
        status: "warning".to_owned(),
        detail: "the host uses cgroup v1".to_owned(),
        hint: Some("boot with systemd.unified_cgroup_hierarchy=1".to_owned()),
    }
}

#[must_use]
pub fn setup_token() -> SetupToken {
    SetupToken { token: Some("example-not-a-real-one".to_owned()) }
}

#[must_use]
pub fn exec_start() -> Start {
    Start {
        run: Run::Psql(vec!["--command".to_owned(), "select 1".to_owned()]),
        terminal: Some(TerminalSize { columns: 80, rows: 24 }),
    }
}

#[must_use]
pub fn exec_client_message() -> ClientMessage {
    ClientMessage::Resize(TerminalSize { columns: 120, rows: 40 })
}

#[must_use]
pub fn exec_server_message() -> ServerMessage {
    ServerMessage::Exit(Exit { code: 0, out_of_memory: false })
}
