//! The systemd units (systemd.service(5), systemd.socket(5), systemd.exec(5)).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::failure::Failure;

/// Marks a unit as ours, so that no other is replaced or removed.
const MARK: &str = "# Written by `berth service install`.";

/// The unit that listens for the console. A name for what it opens belongs to a whole unit, so it has one
/// of its own.
const CONSOLE_UNIT: &str = "berth-console.socket";

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

    /// All that there can be.
    pub(super) fn paths(&self) -> [PathBuf; 3] {
        [self.path(), self.socket_path(), self.console_socket_path()]
    }

    pub(super) fn console_socket_path(&self) -> PathBuf {
        self.units.join(CONSOLE_UNIT)
    }
}

/// Whether a unit's text was written by [`Units`].
pub(super) fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

/// Returns the path if a unit of ours is there, and refuses one of somebody else.
pub(super) fn installed(path: &Path) -> Result<Option<PathBuf>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) if is_ours(&text) => Ok(Some(path.to_owned())),
        Ok(_) => Err(Failure::Refused {
            message: format!("`{}` was not written by Berth", path.display()),
            hint: None,
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let cannot = format!("cannot read `{}`", path.display());
            Err(anyhow::Error::new(error).context(cannot).into())
        }
    }
}

pub(super) fn remove(path: &Path) -> Result<(), Failure> {
    std::fs::remove_file(path).with_context(|| format!("cannot remove `{}`", path.display()))?;
    Ok(())
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
    /// Where the console listens. `None`: it is off.
    pub(super) console: Option<SocketAddr>,
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
        let console = self.console.map(|_| format!(" {CONSOLE_UNIT}")).unwrap_or_default();
        format!(
            "\
{MARK}
[Unit]
Description=Berth, a control plane for Odoo
After=network-online.target docker.service podman.socket berth.socket{console}
Wants=network-online.target
Requires=berth.socket{console}

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
Also=berth.socket{console}
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

    /// The same for the console, if it is on.
    pub(super) fn console_socket(&self) -> Option<String> {
        let console = self.console?;
        Some(format!(
            "\
{MARK}
[Unit]
Description=Where Berth lets people to its console

[Socket]
ListenStream={console}
FileDescriptorName=console
Service=berth.service
NoDelay=yes

[Install]
WantedBy=sockets.target
"
        ))
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
            console: Some("127.0.0.1:8070".parse().unwrap()),
        };
        let (service, socket) = (units.service(), units.socket());
        let console = units.console_socket().unwrap();

        assert!(is_ours(&service) && is_ours(&socket) && is_ours(&console));
        insta::assert_snapshot!("service", service);
        insta::assert_snapshot!("socket", socket);
        insta::assert_snapshot!("console_socket", console);
        let without = Units { console: None, ..units };
        assert!(!without.service().contains("console") && without.console_socket().is_none());
    }

    #[test]
    fn paths_cannot_add_anything_to_the_command() {
        let path = Path::new("/srv/a b\"; %n $HOME \\");

        assert_eq!(quoted(path), "\"/srv/a b\\\"; %%n $$HOME \\\\\"");
    }
}
