//! `berth service install`

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::unit::{self, FolderArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Print the unit, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The configuration file of the server [default: berth.toml in the home folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    folder: FolderArgs,
}

pub(crate) fn run(args: &Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let absolute = |path: &Path| std::path::absolute(path).context("cannot find this folder");
    let home = absolute(&session.sources.home())?;
    let config = args.config.as_deref().map(absolute).transpose()?;
    let text = unit::text(&program, &home, config.as_deref());
    if text.chars().any(|c| c.is_control() && c != '\n')
        || home.display().to_string().contains('\n')
    {
        return Err(Failure::Refused {
            message: "a path with control characters cannot stand in a unit".to_owned(),
            hint: None,
        });
    }
    if args.dry_run {
        session.printer.raw(text.as_bytes())?;
        return Ok(Exit::Success);
    }
    write(&args.folder.path(), &text)?;
    session.printer.data(&args.folder.path().display().to_string())?;
    session
        .printer
        .hint("start it with `systemctl daemon-reload` and `systemctl enable --now berth`");
    Ok(Exit::Success)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Ok(there) = std::fs::read_to_string(path)
        && !unit::is_ours(&there)
    {
        return Err(Failure::refused(
            format!("`{}` was not written by Berth", path.display()),
            "look at it, and remove it if it is not needed",
        ));
    }
    let part = path.with_extension("service.part");
    std::fs::write(&part, text)
        .and_then(|()| std::fs::rename(&part, path))
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(())
}
