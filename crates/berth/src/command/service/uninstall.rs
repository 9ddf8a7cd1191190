//! `berth service uninstall`

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
    for path in args.folder.paths() {
        found.extend(unit::installed(&path)?);
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
        unit::remove(path)?;
        session.printer.data(&format!("removed {}", path.display()))?;
    }
    if !args.dry_run {
        session.printer.hint("a server that still runs is stopped by `berth service stop`");
    }
    Ok(Exit::Success)
}
