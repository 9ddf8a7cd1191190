//! Sending a backup in.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use berth_api::v1 as api;
use berth_domain::Bytes;
use berth_postgres::dump::header::MAGIC;
use bytes::Bytes as Chunk;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio_util::io::ReaderStream;

use super::packed;
use crate::client::Call;
use crate::failure::Failure;
use crate::session::Session;
use crate::terminal::Interrupt;

/// Size of the pieces in which a file is sent.
const PIECE: usize = 256 << 10;

/// Sends a backup, with the stored files that belong to it if they are apart. `None`: somebody pressed
/// Ctrl-C.
pub(super) async fn send(
    session: &Session<'_>,
    file: &Path,
    filestore: Option<&Path>,
) -> Result<Option<api::Upload>, Failure> {
    let is_dump = is_dump(file)?;
    let (content, length) = match filestore {
        Some(_) if !is_dump => {
            return Err(Failure::refused(
                format!("`{}` is no dump in the custom format of `pg_dump`", file.display()),
                "a zip file brings its stored files along: leave --filestore out",
            ));
        }
        Some(filestore) => (packed::pack(file, filestore)?, None),
        None => {
            let (content, length) = whole(file).await?;
            (content, Some(length))
        }
    };
    if is_dump && filestore.is_none() {
        session
            .printer
            .talk("a dump has no stored files: attachments will be missing without --filestore");
    }
    let bar = bar(session, length);
    let moving = bar.clone();
    let content = content.inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            moving.inc(chunk.len() as u64);
        }
    });
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let call = Call::post(session.client.path("/uploads"))
        .ask("name", name)
        .header("content-length", length);
    let interrupt = Interrupt::listen()?;
    let sent = tokio::select! {
        sent = session.client.send(call, content.boxed()) => sent,
        // What arrived so far goes when the connection does.
        () = interrupt.pressed() => return Ok(None),
    };
    bar.finish_and_clear();
    let upload: api::Upload = sent?.json().await?;
    session.printer.talk(&format!("{} is sent ({})", upload.name, Bytes(upload.size_bytes)));
    Ok(Some(upload))
}

fn is_dump(file: &Path) -> Result<bool, Failure> {
    let cannot = || format!("cannot read `{}`", file.display());
    let mut start = Vec::new();
    let opened = std::fs::File::open(file).with_context(cannot)?;
    opened.take(MAGIC.len() as u64).read_to_end(&mut start).with_context(cannot)?;
    Ok(start == MAGIC)
}

async fn whole(file: &Path) -> Result<(BoxStream<'static, std::io::Result<Chunk>>, u64), Failure> {
    let cannot = || format!("cannot read `{}`", file.display());
    let opened = tokio::fs::File::open(file).await.with_context(cannot)?;
    let length = opened.metadata().await.with_context(cannot)?.len();
    Ok((ReaderStream::with_capacity(opened, PIECE).boxed(), length))
}

fn bar(session: &Session<'_>, length: Option<u64>) -> ProgressBar {
    let target = if session.printer.is_live() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let text = match length {
        Some(_) => "{spinner} sending {bytes} of {total_bytes} ({bytes_per_sec}, {eta} left)",
        None => "{spinner} sending {bytes} in {elapsed} ({bytes_per_sec})",
    };
    let style = ProgressStyle::with_template(text).expect("the template is a constant");
    ProgressBar::with_draw_target(length, target).with_style(style)
}
