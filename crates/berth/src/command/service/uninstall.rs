//! `berth service uninstall`

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::unit::{self, FolderArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Removes the units only: home, tenants and their data stay.
pub(crate) fn run(args: &Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let mut found = Vec::new();
    for path in [args.folder.path(), args.folder.socket_path()] {
        found.extend(installed(&path)?);
    }
    if found.is_empty() {
        session.printer.talk("no unit is installed");
        return Ok(Exit::Success);
    }
    for path in &found {
        if args.dry_run {
            session.printer.data(&format!("would remove {}", path.display()))?;
            continue;
        }
        std::fs::remove_file(path)
            .with_context(|| format!("cannot remove `{}`", path.display()))?;
        session.printer.data(&format!("removed {}", path.display()))?;
    }
    if !args.dry_run {
        session.printer.hint("a server that still runs is stopped by `berth service stop`");
    }
    Ok(Exit::Success)
}

/// Returns the path if a unit of ours is there, and refuses one of somebody else.
fn installed(path: &Path) -> Result<Option<PathBuf>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) if unit::is_ours(&text) => Ok(Some(path.to_owned())),
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
