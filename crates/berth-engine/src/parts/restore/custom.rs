//! A dump in the custom format, turned into a script by `pg_restore`.
//!
//! # Invariants
//!
//! * The program that reads somebody else's binary runs in a container without network, without
//!   mounts and without any right on the server. It gets the dump and gives a script, nothing else.

use std::io::Read as _;
use std::time::Duration;

use berth_domain::{Bytes, Limits, ObjectName};
use berth_postgres::Restorer;
use berth_postgres::dump::script::Splitter;
use berth_runtime::{
    Attachment, ExecInput, ExecOutput, ExecSession, ExecSpec, WorkloadName, WorkloadSpec,
};
use futures_util::StreamExt as _;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::JoinHandle;

use super::feed::Progress;
use super::{Restoration, WAITING, contents, refused};
use crate::engine::Inner;
use crate::operation::{Context, Needs, StepError};
use crate::parts::{container, image};
use crate::source::Dump;

/// The container in which programs read what somebody else made: `t_…-tools`.
pub(crate) const TOOLS: &str = "tools";
/// As long as the step may take.
const LIFETIME: &str = "14400";
pub(super) const CHUNK: usize = 64 << 10;
const LIMITS: Limits = Limits { cpu_millis: 1000, memory: Bytes::mib(512), pids: 64 };
/// How `pg_restore` puts that it is older than the dump.
const TOO_NEW: &str = "unsupported version";

pub(super) async fn restore(
    context: &Context,
    restoration: &Restoration<'_>,
    restorer: &mut Restorer,
) -> Result<(), StepError> {
    let spec = spec(context, restoration).await?;
    // What a try before this one left behind may still be reading.
    context.runtime.workloads.remove(&spec.name).await?;
    context.runtime.workloads.ensure(&spec).await?;
    context.runtime.workloads.start(&spec.name).await?;
    let outcome = async {
        let wanted = contents::extensions(context, restoration).await?;
        add_extensions(restoration, &wanted).await?;
        convert(context, restoration, restorer).await
    }
    .await;
    context.runtime.workloads.remove(&spec.name).await?;
    outcome
}

/// Adds what the dump would not be let add, before anything else of it is there; refuses what nobody adds.
async fn add_extensions(restoration: &Restoration<'_>, wanted: &[String]) -> Result<(), StepError> {
    let server = &restoration.cluster.server;
    let refused = server.refused_extensions(wanted).await?;
    if !refused.is_empty() {
        let all: Vec<String> = refused.iter().map(ToString::to_string).collect();
        return Err(StepError::fail(all.join("; ")));
    }
    Ok(server.add_allowed_extensions(restoration.object, wanted).await?)
}

/// Removes the container.
pub(super) async fn remove_object(engine: &Inner, object: &ObjectName) -> Result<(), StepError> {
    Ok(engine.runtime.workloads.remove(&WorkloadName::job(object, TOOLS)).await?)
}

/// The server's own image has the `pg_restore` that fits; for a server of somebody else the tenant's
/// image has one.
async fn spec(context: &Context, restoration: &Restoration<'_>) -> Result<WorkloadSpec, StepError> {
    let tenant = context.tenant().await?;
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let of = match &restoration.cluster.managed {
        Some(managed) => &managed.image,
        None => &tenant.image.digest,
    };
    let mut spec =
        container::base(context, &capabilities, restoration.cluster, (restoration.object, of))?;
    spec.name = WorkloadName::job(restoration.object, TOOLS);
    spec.labels = context.labels();
    spec.command = vec!["sleep".to_owned(), LIFETIME.to_owned()];
    spec.environment.remove("ODOO_RC");
    spec.environment.insert("HOME".to_owned(), "/tmp".to_owned());
    spec.mounts.clear();
    spec.attachment = Attachment::None;
    spec.limits = Some(LIMITS);
    spec.stop_grace = Duration::from_secs(1);
    Ok(spec)
}

/// `pg_restore` at work in the container, what it says, and whoever gives it the dump.
pub(super) struct Reading {
    pub(super) output: berth_runtime::Stream<ExecOutput>,
    pub(super) sending: JoinHandle<std::io::Result<()>>,
}

/// Has `pg_restore` read the dump. `progress` hears how far it is.
pub(super) async fn read(
    context: &Context,
    restoration: &Restoration<'_>,
    arguments: &[&str],
    progress: Option<Progress>,
) -> Result<Reading, StepError> {
    let dump = restoration
        .source
        .open_dump(&restoration.path)
        .map_err(StepError::io("cannot read the dump"))?;
    let folder =
        restoration.cluster.managed.as_ref().and_then(|managed| managed.facts.bin_dir.clone());
    let program = folder.map_or("pg_restore".to_owned(), |folder| format!("{folder}/pg_restore"));
    let arguments = arguments.iter().map(|argument| (*argument).to_owned());
    let command = std::iter::once(program).chain(arguments).collect();
    let exec = ExecSpec { command, environment: Vec::new(), terminal: None };
    let name = WorkloadName::job(restoration.object, TOOLS);
    let ExecSession { input, output } = context.runtime.telemetry.exec(&name, exec).await?;
    let sending = context.file_work.spawn_blocking(move || send(dump, &input, progress));
    Ok(Reading { output, sending })
}

async fn convert(
    context: &Context,
    restoration: &Restoration<'_>,
    restorer: &mut Restorer,
) -> Result<(), StepError> {
    let progress = Progress::new(context.reporter.clone(), restoration.source.dump);
    let arguments = ["--file=-", "--no-owner", "--no-privileges"];
    let Reading { output, sending } =
        read(context, restoration, &arguments, Some(progress)).await?;

    let (sender, mut receiver) = mpsc::channel(WAITING);
    let reading = async move {
        let said = split(output, &sender).await;
        // Only now does the other side see an end.
        drop(sender);
        said
    };
    let running = async {
        let outcome = restorer.run(&mut receiver).await;
        drop(receiver);
        outcome
    };
    let (said, outcome) = tokio::join!(reading, running);
    match (said, outcome) {
        // It says why nothing more came. Whoever reads the dump ends with the container.
        (Err(error), _) => Err(error),
        (Ok(()), Err(error)) => Err(refused(&error)),
        (Ok(()), Ok(())) => match sending.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(StepError::io("cannot read the dump")(error)),
            Err(error) => Err(StepError::fail(format!("cannot read the dump: {error}"))),
        },
    }
}

/// Gives the program its input. Blocks.
fn send(
    mut dump: Dump,
    to: &Sender<ExecInput>,
    mut progress: Option<Progress>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = dump.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let chunk = buffer[..count].to_vec();
        // A program that ended says why by itself.
        if to.blocking_send(ExecInput::Data(chunk.into())).is_err() {
            return Ok(());
        }
        if let Some(progress) = &mut progress {
            progress.add(count);
        }
    }
}

type Pieces = std::io::Result<Vec<berth_postgres::dump::script::Piece>>;

/// Takes the script apart that the program writes, and judges how the program ended.
async fn split(
    mut output: berth_runtime::Stream<ExecOutput>,
    to: &Sender<Pieces>,
) -> Result<(), StepError> {
    let mut splitter = Splitter::default();
    let mut said = Vec::new();
    while let Some(next) = output.next().await {
        match next? {
            ExecOutput::Out(bytes) => {
                let mut pieces = Vec::new();
                splitter.push(&bytes, &mut pieces);
                if !pieces.is_empty() && to.send(Ok(pieces)).await.is_err() {
                    // The server refused something, which is what counts.
                    return Ok(());
                }
            }
            ExecOutput::Error(bytes) if said.len() < CHUNK => said.extend_from_slice(&bytes),
            ExecOutput::Error(_) => {}
            ExecOutput::Exit(exit) if exit.code == 0 => {
                let mut pieces = Vec::new();
                splitter.finish(&mut pieces);
                let _given_up = to.send(Ok(pieces)).await;
                return Ok(());
            }
            ExecOutput::Exit(exit) => return Err(failure(exit.code, &said)),
        }
    }
    Err(StepError::retry("pg_restore was cut off").needing(Needs::BOTH))
}

pub(super) fn failure(code: i64, said: &[u8]) -> StepError {
    let said = String::from_utf8_lossy(said);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    let last: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    let hint = if last.contains(TOO_NEW) {
        ": a newer `pg_dump` made the dump; make one with the version of the server here, or a zip file with Odoo"
    } else {
        ""
    };
    StepError::fail(format!("pg_restore cannot read the dump (it ended with {code}): {last}{hint}"))
}
