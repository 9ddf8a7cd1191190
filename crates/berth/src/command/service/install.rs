//! `berth service install`

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::unit::{self, FolderArgs, Units};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Print the units, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The configuration file of the server [default: berth.toml in the home folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Writes `berth.service`, `berth.socket` and, unless the console is off, `berth-console.socket`. The
/// addresses are those of the configuration.
pub(crate) fn run(args: &Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let absolute = |path: &Path| std::path::absolute(path).context("cannot find this folder");
    let home = absolute(&session.sources.home())?;
    let file = args.config.as_deref().map(absolute).transpose()?;
    let mut sources = session.sources.clone();
    sources.file.clone_from(&file);
    let config = berth_config::load(&sources)?;
    let api = config.socket();
    let units = Units {
        program: &program,
        home: &home,
        config: file.as_deref(),
        edge: config.edge.listen,
        api: &api,
        console: config.console.listen.address(),
    };
    let console = args.folder.console_socket_path();
    let mut written =
        vec![(args.folder.path(), units.service()), (args.folder.socket_path(), units.socket())];
    written.extend(units.console_socket().map(|text| (console.clone(), text)));
    let has_control = |path: &Path| path.display().to_string().chars().any(char::is_control);
    if [&program, &home, &api].into_iter().chain(&file).any(|path| has_control(path)) {
        return Err(Failure::Refused {
            message: "a path with control characters cannot stand in a unit".to_owned(),
            hint: None,
        });
    }
    for (path, _) in &written {
        refuse_foreign(path)?;
    }
    for (path, text) in &written {
        if args.dry_run {
            session.printer.raw(format!("# {}\n{text}\n", path.display()).as_bytes())?;
        } else {
            write(path, text)?;
            session.printer.data(&path.display().to_string())?;
        }
    }
    if units.console.is_none() {
        remove_left(&console, args.dry_run, session)?;
    }
    if !args.dry_run {
        session
            .printer
            .hint("start it with `systemctl daemon-reload` and `systemctl enable --now berth`");
    }
    Ok(Exit::Success)
}

/// Removes what was written when the console was on: nobody must listen for it any more.
fn remove_left(path: &Path, is_dry: bool, session: &Session<'_>) -> Result<(), Failure> {
    if unit::installed(path)?.is_none() {
        return Ok(());
    }
    if is_dry {
        return session.printer.data(&format!("# would remove {}", path.display()));
    }
    unit::remove(path)?;
    session.printer.data(&format!("removed {}", path.display()))
}

/// Refuses what somebody else wrote, before anything is written.
fn refuse_foreign(path: &Path) -> Result<(), Failure> {
    match std::fs::read_to_string(path) {
        Ok(there) if !unit::is_ours(&there) => Err(Failure::refused(
            format!("`{}` was not written by Berth", path.display()),
            "look at it, and remove it if it is not needed",
        )),
        _ => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, text)
        .and_then(|()| std::fs::rename(&part, path))
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    Ok(())
}
