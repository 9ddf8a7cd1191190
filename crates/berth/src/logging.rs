//! What `berth serve` writes to standard error.

use berth_config::sections::Log;
use berth_config::setting::{Level, LogFormat};
use tracing_subscriber::filter::LevelFilter;

/// Sends events to standard error from now on. Only the first call of a process counts.
pub(crate) fn start(log: &Log, has_colour: bool) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(filter(log.level))
        .with_writer(std::io::stderr)
        .with_ansi(has_colour);
    // A second call has nothing to add.
    let _already = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
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
