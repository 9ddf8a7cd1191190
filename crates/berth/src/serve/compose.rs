//! The configuration in the words of those who are configured.

mod providers;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use berth_config::setting::{self, Scheme};
use berth_config::{Cluster, Config};
use berth_domain::disk::Thresholds;
use berth_edge::{EdgeConfig, EdgeLimits};
use berth_engine::host_routes::{self, HostRoute};
use berth_engine::{
    ClusterChoice, ConsoleSettings, LogsKept, Paths, ServerSize, Settings, Sockets, TenantDefaults,
    UploadRules,
};
use berth_notify::{MailSettings, MailTls, Notifier};
use berth_outbound::{Outbound, Policy};
use berth_store::Location;
use berth_store::quotas::Quota;
use berth_web::{Configured, Console, ConsoleConfig, ConsoleLimits, TlsFiles};
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use providers::providers;

/// What happens to a container is heard of at once; this is for what nobody says.
const SCAN_EVERY: Duration = Duration::from_secs(30);

/// How the edge listens and whom it believes.
pub(crate) fn edge(config: &Config) -> EdgeConfig {
    let edge = &config.edge;
    EdgeConfig {
        listen: edge.listen,
        trusted_proxies: edge.trusted_proxies.clone(),
        hold: edge.hold_seconds.0,
        access_log: edge.access_log.clone(),
        workers: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        limits: EdgeLimits {
            body_bytes: edge.max_body.0,
            header_timeout: edge.header_seconds.0,
            idle_timeout: edge.idle_seconds.0,
            upstream_timeout: edge.answer_seconds.0,
            connections: edge.max_connections as usize,
            connections_per_ip: edge.max_connections_per_address as usize,
            requests_per_tenant: edge.max_requests_per_tenant as usize,
            held_per_tenant: edge.max_requests_per_tenant as usize,
            websockets_per_tenant: edge.max_websockets_per_tenant as usize,
            ..EdgeLimits::default()
        },
    }
}

/// How the API is reached over TCP. `None`: it is not.
pub(crate) fn console(config: &Config) -> Option<ConsoleConfig> {
    let console = &config.console;
    let files = console.tls_certificate.clone().zip(console.tls_key.clone());
    Some(ConsoleConfig {
        listen: console.listen.address()?,
        names: console.names.clone(),
        trusted_proxies: console.trusted_proxies.clone(),
        tls: files.map(|(certificate, key)| TlsFiles { certificate, key }),
        limits: ConsoleLimits {
            connections: console.max_connections as usize,
            connections_per_address: console.max_connections_per_address as usize,
            ..ConsoleLimits::default()
        },
    })
}

/// Where a process listens, and by whom that was opened.
pub(crate) struct Listening {
    /// The port of the edge.
    pub(crate) port: u16,
    pub(crate) console: Option<ConsoleSettings>,
    pub(crate) sockets: Sockets,
}

/// What the engine knows of the console that listens.
pub(crate) fn console_settings(config: &Config, console: &Console) -> ConsoleSettings {
    let wanted = &config.console;
    ConsoleSettings {
        url: console.url(),
        address: console.address(),
        names: wanted.names.clone(),
        has_tls: console.has_tls(),
        is_behind_proxy: wanted.behind_proxy,
        trusted_proxies: wanted.trusted_proxies.clone(),
    }
}

/// What the engine is set up as.
pub(crate) fn settings(
    config: &Config,
    home_id: &str,
    Listening { port, console, sockets }: Listening,
) -> anyhow::Result<Settings> {
    Ok(Settings {
        version: env!("CARGO_PKG_VERSION"),
        build: super::system::build(),
        paths: Paths::new(config.home.clone()),
        home_id: home_id.to_owned(),
        base_domain: config.edge.base_domain.clone(),
        scheme: match config.edge.public_scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        },
        port_suffix: config.port_suffix(port),
        odoo_image: config.images.odoo.clone(),
        postgres_image: config.images.postgres.clone(),
        pool: config.network.pool,
        host_routes: host_routes::KERNEL.into(),
        cluster: cluster(config.cluster())?,
        own_cluster: ServerSize {
            max_connections: config.postgres.own_max_connections,
            memory: config.postgres.own_memory,
        },
        defaults: TenantDefaults {
            stage: config.tenants.stage,
            language: config.tenants.language.clone(),
            time_zone: config.tenants.time_zone.clone(),
            limits: config.default_limits(),
        },
        concurrency: config.concurrency(),
        blueprints_kept: config.operations.blueprint_keep,
        memory_percent: config.tenants.memory_percent,
        sockets,
        console,
        addons_roots: config.development.addons_roots.clone(),
        delete_grace_days: config.tenants.delete_grace_days,
        owner_quota: owner_quota(config),
        disk: Thresholds { low: config.disk.low, full: config.disk.full },
        logs: LogsKept { keep: config.logs.keep.0, most: config.logs.max_per_tenant },
        uploads: UploadRules {
            largest: config.uploads.max_size,
            kept: Duration::from_hours(config.uploads.keep_hours.into()),
        },
        audit_kept: audit_kept(config.audit.keep_days),
        scan_every: SCAN_EVERY,
    })
}

/// 0 days: for ever.
fn audit_kept(days: u32) -> Option<Duration> {
    (days > 0).then(|| Duration::from_hours(24 * u64::from(days)))
}

fn owner_quota(config: &Config) -> Quota {
    let quotas = &config.quotas;
    Quota {
        tenants: quotas.tenants,
        cpu_millis: quotas.cpu.map(|cores| cores.0.into()),
        memory: quotas.memory,
        storage: quotas.storage,
    }
}

fn cluster(cluster: &Cluster) -> anyhow::Result<ClusterChoice> {
    match cluster {
        Cluster::Managed { max_connections, memory } => {
            let (max_connections, memory) = (*max_connections, *memory);
            Ok(ClusterChoice::Managed(ServerSize { max_connections, memory }))
        }
        Cluster::External { url } => {
            let (address, password) = split(url)?;
            let address = address.parse().context("read the address of the PostgreSQL server")?;
            Ok(ClusterChoice::External { address, password })
        }
    }
}

/// Takes the password out of a URL: the address is shown, the password never.
fn split(url: &SecretString) -> anyhow::Result<(String, SecretString)> {
    let mut url = url::Url::parse(url.expose_secret()).context("read the PostgreSQL URL")?;
    let encoded = url.password().unwrap_or_default();
    let password = percent_encoding::percent_decode_str(encoded)
        .decode_utf8()
        .context("read the password in the PostgreSQL URL")?
        .into_owned();
    let _ = url.set_password(None);
    Ok((url.to_string(), SecretString::from(password)))
}

/// Where the control database is.
pub(crate) fn location(config: &Config) -> Location {
    match config.store_url().expose_secret().strip_prefix("sqlite:") {
        Some(path) => Location::Sqlite(PathBuf::from(path)),
        None => Location::Postgres(config.store_url().clone()),
    }
}

/// What is in force, for whoever looks at it. No setting holds a secret, only files that do.
pub(crate) fn configured(config: &Config) -> Vec<Configured> {
    let of = |setting: &berth_config::Effective| Configured {
        setting: setting.path.to_owned(),
        value: setting.value.clone(),
        from: setting.place.to_string(),
    };
    config.effective.iter().map(of).collect()
}

/// Who carries messages out.
pub(crate) fn messenger(config: &Config) -> anyhow::Result<Notifier> {
    let own = config.network.pool.to_string().parse().context("read the pool")?;
    let outbound = Outbound::new(Policy {
        setting: "notify.allow_private",
        allowed: config.notify.allow_private.clone(),
        own: vec![own],
    })?;
    let mail = &config.mail;
    let tls = match mail.tls {
        setting::MailTls::StartTls => MailTls::StartTls,
        setting::MailTls::Implicit => MailTls::Implicit,
        setting::MailTls::None => MailTls::None,
    };
    let port = match tls {
        MailTls::StartTls => 587,
        MailTls::Implicit => 465,
        MailTls::None => 25,
    };
    let user = mail.user.as_ref().map(|user| user.0.clone());
    let settings = mail.host.as_ref().zip(mail.from.as_ref()).map(|(host, from)| MailSettings {
        host: host.as_str().to_owned(),
        port: mail.port.unwrap_or(port),
        tls,
        sign_in: user.zip(config.mail_password().cloned()),
        from: from.as_str().to_owned(),
        to: mail.to.iter().map(|reader| reader.as_str().to_owned()).collect(),
        reply_to: mail.reply_to.as_ref().map(|reader| reader.as_str().to_owned()),
    });
    Ok(Notifier::new(outbound, settings)?)
}

/// Refuses a pool of networks that the host already uses for something else.
pub(crate) fn check_pool(settings: &Settings) -> anyhow::Result<()> {
    let pool = &settings.pool;
    for HostRoute { device, network, prefix } in host_routes::read(&settings.host_routes)? {
        // Networks of tenants are routes too, and lie inside the pool by purpose. Numbers that somebody
        // else has are passed over.
        if prefix < 28 && pool.overlaps(network, prefix) {
            anyhow::bail!(
                "the host reaches {network}/{prefix} through `{device}`, and `network.pool` is {pool}: choose another range in berth.toml"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_an_address() {
        let (address, password) =
            split(&SecretString::from("postgres://admin:p%40ss@db.example:5433")).unwrap();

        assert_eq!(address, "postgres://admin@db.example:5433");
        assert_eq!(password.expose_secret(), "p@ss");
    }
}
