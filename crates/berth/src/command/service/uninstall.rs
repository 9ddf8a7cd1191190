//! `berth service uninstall`

use std::io::ErrorKind;

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

/// Removes the unit only: home, tenants and their data stay.
pub(crate) fn run(args: &Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let path = args.folder.path();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            session.printer.talk("no unit is installed");
            return Ok(Exit::Success);
        }
        Err(error) => {
            let cannot = format!("cannot read `{}`", path.display());
            return Err(anyhow::Error::new(error).context(cannot).into());
        }
    };
    if !unit::is_ours(&text) {
        return Err(Failure::Refused {
            message: format!("`{}` was not written by Berth", path.display()),
            hint: None,
        });
    }
    if args.dry_run {
        session.printer.data(&format!("would remove {}", path.display()))?;
        return Ok(Exit::Success);
    }
    std::fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()))?;
    session.printer.data(&format!("removed {}", path.display()))?;
    session.printer.hint("a server that still runs is stopped by `berth service stop`");
    Ok(Exit::Success)
}
