//! What can be seen besides answers: the log, files, processes.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;

use super::planted::Planted;

/// Everything that is logged on this thread, to the least important line.
pub(crate) struct Logs {
    text: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

struct Pen(Arc<Mutex<Vec<u8>>>);

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Logs {
    pub(crate) fn gather() -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let pen = Arc::clone(&text);
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || Pen(Arc::clone(&pen)))
            .finish();
        Self { text, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// Hears everything from now on. Another test that says something for the first time just when the
    /// gathering begins can make it deaf to that.
    pub(crate) fn hear_all() {
        tracing::callsite::rebuild_interest_cache();
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }
}

/// Secrets in files of the home that are not the tenant's own configuration, or that others may read.
pub(crate) fn files_with(home: &Path, planted: &Planted) -> Vec<String> {
    let mut seen = Vec::new();
    let mut folders = vec![home.to_owned()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(metadata) = path.symlink_metadata() else { continue };
            if metadata.is_dir() {
                folders.push(path);
            } else if metadata.is_file() {
                read += 1;
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                let below = path.strip_prefix(home).unwrap().display().to_string();
                let is_closed = metadata.permissions().mode().trailing_zeros() >= 6;
                let is_conf = below.starts_with("tenants/") && below.contains("/conf/");
                let is_token = below == "setup-token";
                if !(is_closed && (is_conf || is_token)) {
                    seen.extend(planted.in_text(&below, &text));
                }
            }
        }
    }
    assert!(read > 3, "{read}");
    seen
}

/// Secrets in the arguments or the environment of any process that we may look at.
pub(crate) fn processes_with(planted: &Planted) -> Vec<String> {
    let mut seen = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap() {
        let folder = entry.unwrap().path();
        for name in ["cmdline", "environ"] {
            // Others end, or are none of our business.
            let Ok(bytes) = std::fs::read(folder.join(name)) else { continue };
            let place = folder.join(name).display().to_string();
            seen.extend(planted.in_text(&place, &String::from_utf8_lossy(&bytes)));
        }
    }
    seen
}
