//! `berth tenant export`
//!
//! # Invariants
//!
//! * A file under the name that was asked for is whole: it is written under another name first.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use berth_domain::{Bytes, TenantName};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::client::{Answer, Call};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::Interrupt;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The tenant
    name: TenantName,
    /// Where to write the zip file, - for standard output
    file: PathBuf,
    /// zip: with `dump.sql`, as Odoo restores it; custom: with `database.dump`, for `pg_restore`
    #[arg(long, value_enum, default_value_t = Format::Zip, value_name = "zip|custom")]
    #[arg(hide_possible_values = true)]
    format: Format,
    /// Replace a file that exists
    #[arg(long)]
    force: bool,
}

/// How the database is packed. Both are zip files with the stored files in `filestore/`, and `berth
/// tenant import` reads both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Zip,
    Custom,
}

pub(crate) async fn run(args: Args, session: &Session<'_>) -> Result<Exit, Failure> {
    let Args { name, file, format, force } = args;
    let to_stdout = file == Path::new("-");
    if to_stdout && std::io::stdout().is_terminal() {
        return Err(Failure::refused(
            "a zip file on a terminal helps nobody",
            "name a file, or pipe the output somewhere",
        ));
    }
    if !to_stdout && !force && file.exists() {
        return Err(Failure::refused(
            format!("`{}` exists", file.display()),
            "use --force to replace it",
        ));
    }
    let call = Call::get(session.client.tenant(&name, "/export"))
        .ask("format", (format == Format::Custom).then_some("custom"));
    let answer = session.client.open(call).await?;
    if to_stdout {
        copy(session, answer, &mut tokio::io::stdout()).await?;
        return Ok(Exit::Success);
    }
    let interrupt = Interrupt::listen()?;
    let size = tokio::select! {
        size = write(session, answer, &file, force) => size?,
        // What was written so far goes with the future that wrote it.
        () = interrupt.pressed() => return Ok(Exit::Interrupted),
    };
    if session.printer.is_json() {
        session.printer.json(&json!({ "file": file, "bytes": size.0 }))?;
    } else {
        session.printer.data(&format!("{} ({size})", file.display()))?;
        if format == Format::Custom {
            session.printer.talk("a zip file with database.dump for `pg_restore`, and filestore/");
        }
    }
    Ok(Exit::Success)
}

/// Writes the answer to a file, whole or not at all.
pub(super) async fn write(
    session: &Session<'_>,
    answer: Answer,
    file: &Path,
    force: bool,
) -> Result<Bytes, Failure> {
    let cannot = || format!("cannot write `{}`", file.display());
    let part = Part::beside(file);
    let mut out = File::create_new(&part.0).await.with_context(cannot)?;
    // Everything that the tenant knows is in it.
    let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    out.set_permissions(owner_only).await.with_context(cannot)?;
    let size = copy(session, answer, &mut out).await?;
    out.sync_all().await.with_context(cannot)?;
    if force {
        std::fs::rename(&part.0, file).with_context(cannot)?;
    } else {
        // Unlike a rename, this fails when somebody made the file in the meantime.
        std::fs::hard_link(&part.0, file).with_context(cannot)?;
    }
    Ok(size)
}

/// The file under its other name; gone when it goes out of scope.
struct Part(PathBuf);

impl Part {
    fn beside(file: &Path) -> Self {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        Self(file.with_file_name(name))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _renamed = std::fs::remove_file(&self.0);
    }
}

async fn copy(
    session: &Session<'_>,
    mut answer: Answer,
    to: &mut (impl tokio::io::AsyncWrite + Unpin),
) -> Result<Bytes, Failure> {
    let bar = bar(session);
    let mut size = 0;
    while let Some(chunk) = answer.chunk().await? {
        to.write_all(&chunk).await?;
        size += chunk.len() as u64;
        bar.set_position(size);
    }
    to.flush().await?;
    bar.finish_and_clear();
    Ok(Bytes(size))
}

fn bar(session: &Session<'_>) -> ProgressBar {
    let target = if session.printer.is_live() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{spinner} {bytes} in {elapsed} ({bytes_per_sec})");
    ProgressBar::with_draw_target(None, target)
        .with_style(style.expect("the template is a constant"))
}
