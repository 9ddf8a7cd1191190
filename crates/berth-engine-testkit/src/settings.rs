//! What a test installation is set up as.

use std::time::Duration;

use berth_domain::disk::{Threshold, Thresholds};
use berth_domain::{Bytes, Limits, Stage};
use berth_engine::{
    ClusterChoice, ConsoleSettings, LogsKept, Paths, ServerSize, Settings, TenantDefaults,
    UploadRules,
};
use berth_store::quotas::Quota;
use berth_testkit::postgres;
use secrecy::SecretString;

use crate::image::reference;

/// An installation with its tenants on the PostgreSQL server of the test process. Tests change what
/// they are about.
///
/// # Panics
///
/// When that server cannot be started.
#[must_use]
pub fn settings(paths: Paths, home_id: &str) -> Settings {
    let server = postgres::Server::shared();
    let home = paths.home().to_owned();
    Settings {
        version: "0.0.0",
        build: None,
        paths,
        home_id: home_id.to_owned(),
        base_domain: "localhost".parse().expect("a host name"),
        scheme: "http",
        port_suffix: ":8069".to_owned(),
        odoo_image: reference("odoo:19.0"),
        postgres_image: reference("postgres:18"),
        pool: "10.213.0.0/16".parse().expect("a pool"),
        // The routes of whoever runs tests are nobody's business.
        host_routes: home.join("routes"),
        cluster: external(server, server.password()),
        own_cluster: ServerSize { max_connections: 100, memory: Bytes::mib(512) },
        defaults: TenantDefaults {
            stage: Stage::Production,
            language: "en_US".parse().expect("a language"),
            time_zone: "UTC".parse().expect("a time zone"),
            limits: Limits { cpu_millis: 500, memory: Bytes::mib(256), pids: 64 },
        },
        concurrency: 2,
        blueprints_kept: 2,
        memory_percent: 100,
        sockets: berth_engine::Sockets::Own,
        console: None,
        addons_roots: Vec::new(),
        delete_grace_days: 7,
        owner_quota: Quota::default(),
        // The disks of whoever runs tests are nobody's business.
        disk: Thresholds { low: Threshold::Percent(0), full: Threshold::Percent(0) },
        logs: LogsKept { keep: Duration::from_hours(24), most: Bytes::mib(10) },
        audit_kept: None,
        uploads: UploadRules { largest: Bytes(Bytes::GIB), kept: Duration::from_hours(24) },
        scan_every: Duration::from_secs(30),
    }
}

/// A console of this name, with nothing odd about it.
///
/// # Panics
///
/// When it is no name.
#[must_use]
pub fn console(name: &str) -> ConsoleSettings {
    ConsoleSettings {
        url: format!("http://{name}:8070"),
        address: ([127, 0, 0, 1], 8070).into(),
        names: vec![name.parse().expect("a host name")],
        has_tls: false,
        is_behind_proxy: false,
        trusted_proxies: Vec::new(),
    }
}

/// A PostgreSQL server that its superuser signs in to with this password.
#[must_use]
pub fn external(server: &postgres::Server, password: &str) -> ClusterChoice {
    let address = berth_postgres::Address::Socket {
        folder: server.socket_folder().to_owned(),
        port: server.port(),
        user: postgres::SUPERUSER.to_owned(),
    };
    ClusterChoice::External { address, password: SecretString::from(password) }
}
