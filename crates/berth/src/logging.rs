//! What `berth serve` writes to standard error.

use berth_config::sections::Log;
use berth_config::setting::{Level, LogFormat};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Where sqlx reports the notices and warnings of a server.
const NOTICES: &str = "sqlx::postgres::notice";

/// Sends events to standard error from now on. Only the first call of a process counts.
pub(crate) fn start(log: &Log, has_colour: bool) {
    let level = filter(log.level);
    // What a server says to a session of a tenant's role is written by whoever wrote the database.
    let but = Targets::new().with_default(level).with_target(NOTICES, LevelFilter::OFF);
    let builder = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(has_colour);
    // A second call has nothing to add.
    let _already = match log.format {
        LogFormat::Text => builder.finish().with(but).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).finish().with(but).try_init(),
    };
}

fn filter(level: Level) -> LevelFilter {
    match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    }
}
