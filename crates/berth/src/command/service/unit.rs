//! The systemd unit (systemd.service(5), systemd.exec(5)).

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
}

/// Whether a unit's text was written by [`text`].
pub(super) fn is_ours(text: &str) -> bool {
    text.starts_with(MARK)
}

/// Returns the unit that runs `program` in `home`. Both are absolute.
pub(super) fn text(program: &Path, home: &Path, config: Option<&Path>) -> String {
    let mut command = format!("{} serve --home {}", quoted(program), quoted(home));
    if let Some(config) = config {
        command.extend([" --config ", quoted(config).as_str()]);
    }
    format!(
        "\
{MARK}
[Unit]
Description=Berth, a control plane for Odoo
After=network-online.target docker.service podman.socket
Wants=network-online.target

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=2
# Tenants run in the engine: stopping Berth leaves them running.
KillMode=mixed
TimeoutStopSec=90
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
"
    )
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
    fn the_unit_is_this() {
        let text = text(Path::new("/usr/local/bin/berth"), Path::new("/var/lib/berth"), None);

        assert!(is_ours(&text));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn paths_cannot_add_anything_to_the_command() {
        let path = Path::new("/srv/a b\"; %n $HOME \\");

        assert_eq!(quoted(path), "\"/srv/a b\\\"; %%n $$HOME \\\\\"");
    }
}
