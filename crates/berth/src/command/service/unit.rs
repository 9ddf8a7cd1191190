//! The systemd units (systemd.service(5), systemd.socket(5), systemd.exec(5)).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Marks a unit as ours, so that no other is replaced or removed.
const MARK: &str = "# Written by `berth service install`.";

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FolderArgs {
    /// Where systemd looks for units
    #[arg(long, value_name = "DIR", default_value = "/etc/systemd/system")]
    pub(super) units: PathBuf,
}

impl FolderArgs {
    pub(super) fn path(&self) -> PathBuf {
        self.units.join("berth.service")
    }

    pub(super) fn socket_path(&self) -> PathBuf {
        self.units.join("berth.socket")
    }
}

/// Whether a unit's text was written by [`Units`].
pub(super) fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

/// What the units say.
#[derive(Debug)]
pub(super) struct Units<'a> {
    pub(super) program: &'a Path,
    pub(super) home: &'a Path,
    /// `None`: `berth.toml` in the home, if there is one.
    pub(super) config: Option<&'a Path>,
    /// Where the edge listens.
    pub(super) edge: SocketAddr,
    /// Where the API listens.
    pub(super) api: &'a Path,
}

impl Units<'_> {
    /// Returns the unit that runs the program. All paths are absolute.
    pub(super) fn service(&self) -> String {
        let program = quoted(self.program);
        let home = quoted(self.home);
        let mut command = format!("{program} serve --home {home}");
        if let Some(config) = self.config {
            command.extend([" --config ", quoted(config).as_str()]);
        }
        format!(
            "\
{MARK}
[Unit]
Description=Berth, a control plane for Odoo
After=network-online.target docker.service podman.socket berth.socket
Wants=network-online.target
Requires=berth.socket

[Service]
Type=notify
ExecStart={command}
# A new process takes the sockets over; nobody is refused meanwhile.
ExecReload={program} service upgrade --home {home}
Restart=on-failure
RestartSec=2
WatchdogSec=30
# Tenants run in the engine: stopping Berth leaves them running.
KillMode=mixed
TimeoutStopSec=90
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
Also=berth.socket
"
        )
    }

    /// Returns the unit that listens, also while no server runs: whoever comes then waits.
    pub(super) fn socket(&self) -> String {
        let api = specifiers(self.api);
        let edge = self.edge;
        format!(
            "\
{MARK}
[Unit]
Description=Where Berth lets visitors and clients in

[Socket]
ListenStream={edge}
ListenStream={api}
SocketMode=0600
DirectoryMode=0711
NoDelay=yes

[Install]
WantedBy=sockets.target
"
        )
    }
}

/// Writes a path where systemd expands `%` and nothing else.
fn specifiers(path: &Path) -> String {
    path.display().to_string().replace('%', "%%")
}

/// Quotes a path for a command line of systemd: `%` and `$` would be expanded.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('%', "%%").replace('$', "$$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_are_these() {
        let units = Units {
            program: Path::new("/usr/local/bin/berth"),
            home: Path::new("/var/lib/berth"),
            config: None,
            edge: "0.0.0.0:80".parse().unwrap(),
            api: Path::new("/var/lib/berth/berth.sock"),
        };
        let (service, socket) = (units.service(), units.socket());

        assert!(is_ours(&service) && is_ours(&socket));
        insta::assert_snapshot!("service", service);
        insta::assert_snapshot!("socket", socket);
    }

    #[test]
    fn paths_cannot_add_anything_to_the_command() {
        let path = Path::new("/srv/a b\"; %n $HOME \\");

        assert_eq!(quoted(path), "\"/srv/a b\\\"; %%n $$HOME \\\\\"");
    }
}
