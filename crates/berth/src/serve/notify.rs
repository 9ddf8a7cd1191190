//! Telling systemd how things are (`sd_notify(3)`).
//!
//! # Invariants
//!
//! * Without systemd nothing is sent, and nothing fails because nobody listens.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;

use berth_config::Environment;

/// Where systemd listens, if it does.
#[derive(Debug, Clone, Default)]
pub(super) struct Notify {
    address: Option<SocketAddr>,
}

impl Notify {
    /// `NOTIFY_SOCKET` is a path, or a name of the abstract namespace after an `@`.
    pub(super) fn of(environment: &Environment) -> Self {
        let address = environment.get("NOTIFY_SOCKET").and_then(|name| {
            match name.strip_prefix('@') {
                Some(name) => SocketAddr::from_abstract_name(name),
                None => SocketAddr::from_pathname(Path::new(name)),
            }
            .ok()
        });
        Self { address }
    }

    /// The process serves.
    pub(super) fn ready(&self) {
        self.send("READY=1\nSTATUS=serving");
    }

    /// The process ends, as it was told to.
    pub(super) fn stopping(&self) {
        self.send("STOPPING=1\nSTATUS=finishing what is running");
    }

    /// Another process is the service now, and this one ends.
    pub(super) fn succeeded_by(&self, pid: u32) {
        self.send(&format!("MAINPID={pid}\nSTATUS=serving"));
    }

    /// The process is not stuck.
    pub(super) fn alive(&self) {
        self.send("WATCHDOG=1");
    }

    fn send(&self, text: &str) {
        let Some(address) = &self.address else { return };
        let sent = UnixDatagram::unbound().and_then(|socket| {
            // A full queue must not hold up whoever tells.
            socket.set_nonblocking(true)?;
            socket.send_to_addr(text.as_bytes(), address)
        });
        if let Err(error) = sent {
            let name = address.as_pathname().map(|path| path.as_os_str().as_bytes().to_owned());
            tracing::debug!(%error, ?name, "cannot tell systemd");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_is_told_on_its_socket() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let systemd = UnixDatagram::bind(&path).unwrap();
        let notify =
            Notify::of(&Environment::for_testing(&[("NOTIFY_SOCKET", path.to_str().unwrap())]));

        notify.ready();
        notify.succeeded_by(7);

        let mut text = [0; 64];
        let length = systemd.recv(&mut text).unwrap();
        assert_eq!(&text[..length], b"READY=1\nSTATUS=serving");
        let length = systemd.recv(&mut text).unwrap();
        assert!(text[..length].starts_with(b"MAINPID=7\n"));
    }

    #[test]
    fn without_systemd_nothing_happens() {
        Notify::of(&Environment::default()).alive();
    }
}
