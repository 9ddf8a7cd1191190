//! `odoo.conf`.
//!
//! Odoo reads it with `configparser.RawConfigParser` (`odoo/tools/config.py`): `%` means nothing, a
//! value ends at its line's end, blanks around it are dropped, and a line that begins with a blank
//! continues the one before. So a value must be one line without blanks at its ends; it needs no escaping.
//!
//! # Invariants
//!
//! * The database manager is closed: no list, one exact database, a filter for exactly that one, and a
//!   master password that is random, hashed and known to nobody.
//! * `db_name` is always set: without it cron workers run on every database of the server (Odoo, command
//!   line reference, `--max-cron-threads`).

use std::fmt::Write as _;

use berth_domain::ObjectName;
use secrecy::{ExposeSecret, SecretString};

use crate::password::PasswordHash;
use crate::probe::Capabilities;
use crate::sizing::Sizing;
use crate::{DATA_DIR, GEVENT_PORT, HTTP_PORT};

/// Where Odoo finds PostgreSQL.
#[derive(Debug, Clone)]
pub struct Database {
    /// A host name, or the folder of a socket inside the container: `/run/postgresql`.
    pub host: String,
    pub port: u16,
    /// libpq's word, for TCP. `None` for a socket.
    pub ssl_mode: Option<String>,
    /// The database; its role has the same name.
    pub name: ObjectName,
    pub password: SecretString,
}

/// Everything that `odoo.conf` is made from.
#[derive(Debug, Clone)]
pub struct Conf<'a> {
    pub database: Database,
    /// Of the database manager, whose password nobody knows.
    pub master_password: PasswordHash,
    /// In the order in which Odoo looks into them: [`Capabilities::addons_folders`].
    pub addons_path: Vec<String>,
    pub sizing: Sizing,
    /// Whether modules that are installed later bring their demo data.
    pub demo: bool,
    pub log_level: LogLevel,
    pub capabilities: &'a Capabilities,
}

/// How much Odoo says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLevel {
    #[default]
    Info,
    Warn,
    Debug,
}

impl LogLevel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Debug => "debug",
        }
    }
}

/// A value would be read as something else than it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{option}` cannot be written into odoo.conf: {why}")]
pub struct InvalidConf {
    pub option: &'static str,
    pub why: &'static str,
}

/// Returns the text of `odoo.conf`. It holds the password of the database: mode 0600 or 0640.
pub fn render(conf: &Conf<'_>) -> Result<SecretString, InvalidConf> {
    if conf.addons_path.iter().any(|folder| folder.contains(',')) {
        return Err(InvalidConf { option: "addons_path", why: "a folder contains a comma" });
    }
    let mut text = "; Written by Berth; changes are lost.\n[options]\n".to_owned();
    for (option, value) in options(conf) {
        check(option, &value)?;
        writeln!(text, "{option} = {value}").expect("writing to a String cannot fail");
    }
    Ok(SecretString::from(text))
}

fn check(option: &'static str, value: &str) -> Result<(), InvalidConf> {
    let refuse = |why| Err(InvalidConf { option, why });
    if value.chars().any(char::is_control) {
        return refuse("it contains a line end or another control character");
    }
    if value.trim() != value {
        return refuse("it begins or ends with a blank");
    }
    // `parse` and `_load_file_options` in odoo/tools/config.py.
    let is_switch = matches!(option, "list_db" | "with_demo" | "without_demo");
    if value == "None" || (matches!(value, "False" | "false") && !is_switch) {
        return refuse("Odoo reads the word as no value");
    }
    Ok(())
}

type Options = Vec<(&'static str, String)>;

fn options(conf: &Conf<'_>) -> Options {
    let mut options = database(conf);
    options.extend(service(conf));
    options.extend(processes(conf));
    options
}

fn database(conf: &Conf<'_>) -> Options {
    let Database { host, port, ssl_mode, name, password } = &conf.database;
    let mut options = vec![
        ("db_host", host.clone()),
        ("db_port", port.to_string()),
        ("db_user", name.to_string()),
        ("db_password", password.expose_secret().to_owned()),
        ("db_name", name.to_string()),
        ("db_maxconn", conf.sizing.db_maxconn.to_string()),
        ("dbfilter", format!("^{name}$")),
        ("list_db", "False".to_owned()),
        ("admin_passwd", conf.master_password.as_str().to_owned()),
        // The database is made with it; without this option Odoo would not use it.
        ("unaccent", "True".to_owned()),
    ];
    if let Some(mode) = ssl_mode {
        options.push(("db_sslmode", mode.clone()));
    }
    options
}

fn service(conf: &Conf<'_>) -> Options {
    let capabilities = conf.capabilities;
    let gevent =
        if capabilities.knows("--gevent-port") { "gevent_port" } else { "longpolling_port" };
    // 19 turned the option round: off unless asked for.
    let (demo, value) = match (capabilities.knows("--with-demo"), conf.demo) {
        (true, wanted) => ("with_demo", if wanted { "True" } else { "False" }),
        (false, true) => ("without_demo", "False"),
        (false, false) => ("without_demo", "all"),
    };
    vec![
        ("addons_path", conf.addons_path.join(",")),
        ("data_dir", DATA_DIR.to_owned()),
        (demo, value.to_owned()),
        ("http_interface", "0.0.0.0".to_owned()),
        ("http_port", HTTP_PORT.to_string()),
        (gevent, GEVENT_PORT.to_string()),
        ("proxy_mode", "True".to_owned()),
        // Empty: to the standard streams, where the engine keeps it.
        ("logfile", String::new()),
        ("log_level", conf.log_level.as_str().to_owned()),
    ]
}

fn processes(conf: &Conf<'_>) -> Options {
    let sizing = &conf.sizing;
    let mut options = vec![
        ("workers", sizing.workers.to_string()),
        ("max_cron_threads", sizing.cron_threads.to_string()),
        ("limit_memory_soft", sizing.memory_soft.0.to_string()),
        ("limit_memory_hard", sizing.memory_hard.0.to_string()),
        // Odoo's "Deploying Odoo" example. The defaults (60 and 120 s) end the installation of a
        // large module from the Apps page half-way.
        ("limit_time_cpu", "600".to_owned()),
        ("limit_time_real", "1200".to_owned()),
        ("limit_time_real_cron", "-1".to_owned()),
        ("limit_request", "65536".to_owned()),
    ];
    if sizing.has_gevent() && conf.capabilities.knows("--db_maxconn_gevent") {
        // One process for all open pages.
        options.push(("db_maxconn_gevent", (sizing.db_maxconn * 2).to_string()));
    }
    options
}

#[cfg(test)]
mod tests;
