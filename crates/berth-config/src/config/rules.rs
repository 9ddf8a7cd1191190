//! What must hold between settings, and what follows from several of them.

use std::net::SocketAddr;
use std::path::Path;

use berth_domain::Limits;
use berth_domain::disk::Threshold;
use secrecy::SecretString;

use super::Cluster;
use crate::environment::Sources;
use crate::reader::Reader;
use crate::secret_file;
use crate::sections::{Console, Disk, Edge, Engine, Mail, Notify, Postgres, Store, Tenants};
use crate::setting::{EngineHost, MailTls, PostgresMode, Setting as _};

/// Ten years, in days: whoever wants longer wants to archive.
const LONGEST_GRACE: u32 = 3650;

pub(super) fn check_listeners(reader: &mut Reader<'_>, edge: &Edge, console: &Console) {
    let Some(two) = console.listen.address() else { return };
    let one = edge.listen;
    let overlap = one.ip() == two.ip() || one.ip().is_unspecified() || two.ip().is_unspecified();
    if one.port() == two.port() && one.port() != 0 && overlap {
        let message = format!("`{two}` is taken by the edge (`edge.listen` is `{one}`)");
        reader.note("console.listen", message, Some("choose another port"));
    }
}

/// What travels to another host in the open is not a secret any more.
pub(super) fn check_console(reader: &mut Reader<'_>, console: &Console) {
    let has_tls = match (&console.tls_certificate, &console.tls_key) {
        (Some(_), None) => {
            let message = "is needed with `console.tls_certificate`".to_owned();
            reader.note("console.tls_key", message, Some("name the file of its private key"));
            true
        }
        (None, Some(_)) => {
            let message = "is needed with `console.tls_key`".to_owned();
            reader.note(
                "console.tls_certificate",
                message,
                Some("name the file of its certificate"),
            );
            true
        }
        (one, _) => one.is_some(),
    };
    if console.behind_proxy && console.trusted_proxies.is_empty() {
        let message = "is needed with `console.behind_proxy`: whoever comes through the proxy would count \
                       as one, and one who guesses passwords would keep all others waiting";
        let hint = "name the addresses of the proxy";
        reader.note("console.trusted_proxies", message.to_owned(), Some(hint));
    }
    let is_open = |address: &SocketAddr| !address.ip().to_canonical().is_loopback();
    let Some(address) = console.listen.address().filter(is_open) else { return };
    if !has_tls && !console.behind_proxy {
        let message = format!("`{address}` can be reached from elsewhere, and there is no TLS");
        let hint = "set `console.tls_certificate` and `console.tls_key`, or `console.behind_proxy = true` \
                    when a proxy before it ends TLS, or listen on 127.0.0.1";
        reader.note("console.listen", message, Some(hint));
    }
}

/// Which of a share and a size is more depends on the disk.
pub(super) fn check_disk(reader: &mut Reader<'_>, disk: &Disk) {
    let is_backwards = match (disk.low, disk.full) {
        (Threshold::Percent(low), Threshold::Percent(full)) => low < full,
        (Threshold::Bytes(low), Threshold::Bytes(full)) => low < full,
        _ => false,
    };
    if is_backwards {
        let message = format!("a disk is low before it is full, and `disk.low` is `{}`", disk.low);
        reader.note("disk.full", message, Some("choose a smaller one"));
    }
}

pub(super) fn check_limits(
    reader: &mut Reader<'_>,
    (edge, console): (&Edge, &Console),
    tenants: &Tenants,
    postgres: &Postgres,
) {
    if tenants.memory < Limits::MIN_MEMORY {
        let message = format!("Odoo does not start with less than {}", Limits::MIN_MEMORY);
        reader.note("tenants.memory", message, None);
    }
    if tenants.pids < Limits::MIN_PIDS {
        let message = format!("Odoo needs at least {} processes and threads", Limits::MIN_PIDS);
        reader.note("tenants.pids", message, None);
    }
    for (path, memory) in
        [("postgres.memory", postgres.memory), ("postgres.own_memory", postgres.own_memory)]
    {
        if memory < Limits::MIN_MEMORY {
            let message = format!("PostgreSQL needs at least {}", Limits::MIN_MEMORY);
            reader.note(path, message, None);
        }
    }
    if tenants.delete_grace_days > LONGEST_GRACE {
        let message =
            format!("must be at most {LONGEST_GRACE} days, not {}", tenants.delete_grace_days);
        reader.note("tenants.delete_grace_days", message, None);
    }
    for (path, value, least) in [
        ("edge.max_connections", edge.max_connections, 1),
        ("edge.max_connections_per_address", edge.max_connections_per_address, 1),
        ("console.max_connections", console.max_connections, 1),
        ("console.max_connections_per_address", console.max_connections_per_address, 1),
        ("edge.max_requests_per_tenant", edge.max_requests_per_tenant, 1),
        ("edge.max_websockets_per_tenant", edge.max_websockets_per_tenant, 1),
        ("tenants.memory_percent", tenants.memory_percent, 1),
        ("postgres.max_connections", postgres.max_connections, 20),
        ("postgres.own_max_connections", postgres.own_max_connections, 40),
    ] {
        if value < least {
            reader.note(path, format!("must be at least {least}, not {value}"), None);
        }
    }
}

pub(super) fn store_url(reader: &mut Reader<'_>, store: &Store, home: &Path) -> SecretString {
    let file = store.url_file.as_deref();
    if file.is_some() && store.url.is_some() {
        let message = "`store.url` is set too, and only one of them can be right".to_owned();
        reader.note("store.url_file", message, Some("remove one of them"));
    }
    match (file, &store.url) {
        (Some(file), _) => secret(reader, "store.url_file", file),
        (None, Some(url)) => SecretString::from(url.as_str()),
        (None, None) => SecretString::from(format!("sqlite:{}/berth.db", home.display())),
    }
}

pub(super) fn engine_host(
    reader: &mut Reader<'_>,
    engine: &Engine,
    sources: &Sources,
) -> EngineHost {
    const DEFAULT: &str = "unix:///var/run/docker.sock";
    if let Some(host) = &engine.host {
        return host.clone();
    }
    let text = sources.environment.get("DOCKER_HOST").unwrap_or(DEFAULT);
    EngineHost::from_text(text).unwrap_or_else(|message| {
        let hint = "Berth talks to an engine on its own host; `engine.host` beats `DOCKER_HOST`";
        reader.note("engine.host", format!("`DOCKER_HOST`: {message}"), Some(hint));
        EngineHost::from_text(DEFAULT).expect("the default is valid")
    })
}

pub(super) fn cluster(reader: &mut Reader<'_>, postgres: &Postgres) -> Cluster {
    let managed =
        Cluster::Managed { max_connections: postgres.max_connections, memory: postgres.memory };
    match (postgres.mode, postgres.url_file.as_deref()) {
        (PostgresMode::Managed, None) => managed,
        (PostgresMode::Managed, Some(_)) => {
            let message = "only an external server has a URL".to_owned();
            reader.note("postgres.url_file", message, Some("set `postgres.mode` to `external`"));
            managed
        }
        (PostgresMode::External, Some(file)) => {
            Cluster::External { url: secret(reader, "postgres.url_file", file) }
        }
        (PostgresMode::External, None) => {
            let message = "an external server needs `postgres.url_file`".to_owned();
            let hint = "put `postgres://superuser:password@host/postgres` into a file, mode 0600";
            reader.note("postgres.mode", message, Some(hint));
            managed
        }
    }
}

/// What must hold between the settings of mail, once there is any.
pub(super) fn check_mail(reader: &mut Reader<'_>, mail: &Mail, notify: &Notify) {
    let Some(host) = &mail.host else { return };
    if mail.from.is_none() {
        reader.note("mail.from", "mail needs somebody whom it is from".to_owned(), None);
    }
    if mail.to.is_empty() {
        reader.note("mail.to", "mail needs somebody to go to".to_owned(), None);
    }
    let is_named = host
        .as_str()
        .parse()
        .is_ok_and(|address| notify.allow_private.iter().any(|range| range.contains(address)));
    if mail.tls == MailTls::None && !host.is_loopback() && !is_named {
        let message =
            format!("`none` would send mail to `{}` for everybody to read", host.as_str());
        let hint = "use `starttls` or `implicit`, or name its address in `notify.allow_private`";
        reader.note("mail.tls", message, Some(hint));
    }
}

pub(super) fn mail_password(reader: &mut Reader<'_>, mail: &Mail) -> Option<SecretString> {
    match (&mail.user, mail.password_file.as_deref()) {
        (None, None) => None,
        (Some(_), Some(file)) => Some(secret(reader, "mail.password_file", file)),
        (Some(_), None) => {
            let message = "whoever signs in needs `mail.password_file`".to_owned();
            reader.note("mail.user", message, None);
            None
        }
        (None, Some(_)) => {
            let message = "a password needs `mail.user`".to_owned();
            reader.note("mail.password_file", message, None);
            None
        }
    }
}

fn secret(reader: &mut Reader<'_>, path: &'static str, file: &Path) -> SecretString {
    secret_file::read(file).unwrap_or_else(|message| {
        reader.note(path, message, None);
        SecretString::default()
    })
}
