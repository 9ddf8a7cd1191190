//! Containers that run to their end.

use std::sync::Arc;
use std::time::Duration;

use berth_runtime::{Exit, LogLine, ObservedState, RuntimeError, WorkloadSpec};
use bollard::query_parameters::WaitContainerOptions;
use futures_util::StreamExt;

use crate::client::Client;
use crate::frames::{Chunks, Source};
use crate::lines::LineBuffer;
use crate::{failure, hijack, observation, workloads};

/// Runs a container to its end and removes it.
pub(crate) async fn run(
    client: &Arc<Client>,
    spec: &WorkloadSpec,
    deadline: Duration,
    output: &mut (dyn FnMut(LogLine) + Send),
) -> Result<Exit, RuntimeError> {
    if let Some(leftover) = client.find_ours(&spec.name).await? {
        workloads::remove(client, &leftover).await?;
    }
    let id = workloads::create(client, spec).await?;
    let ended = tokio::time::timeout(deadline, work(client, &id, output)).await;
    let removed = workloads::remove_by_id(client, &id).await;
    let ended = ended.unwrap_or_else(|_| {
        let seconds = deadline.as_secs();
        Err(RuntimeError::TimedOut { action: "finish the job", seconds })
    });
    // Why the job failed says more than why its container could not be removed afterwards.
    let exit = ended?;
    removed?;
    Ok(exit)
}

/// Attaches before it starts, so the first line is not lost; reads until the engine closes the
/// connection, so the last one is not either.
async fn work(
    client: &Client,
    id: &str,
    output: &mut (dyn FnMut(LogLine) + Send),
) -> Result<Exit, RuntimeError> {
    let path = format!("/containers/{id}/attach?stream=1&stdout=1&stderr=1");
    let attached =
        client.call("attach to the container", hijack::post(client.socket(), &path, None)).await?;
    workloads::start(client, id).await?;
    read(Chunks::multiplexed(attached), output).await?;
    ended(client, id).await
}

async fn read(
    mut chunks: Chunks<hijack::Connection>,
    output: &mut (dyn FnMut(LogLine) + Send),
) -> Result<(), RuntimeError> {
    let mut buffers = [(false, LineBuffer::default()), (true, LineBuffer::default())];
    let mut say = |is_error, text| output(LogLine { at: None, is_error, text });
    while let Some((source, chunk)) = chunks.next().await.map_err(broken)? {
        let (is_error, buffer) = &mut buffers[usize::from(source == Source::Error)];
        buffer.push(&chunk).into_iter().for_each(|line| say(*is_error, line));
    }
    for (is_error, buffer) in &mut buffers {
        buffer.finish().into_iter().for_each(|line| say(*is_error, line));
    }
    Ok(())
}

fn broken(error: std::io::Error) -> RuntimeError {
    RuntimeError::Unreachable(Box::new(error))
}

/// A program may close its output and work on.
async fn ended(client: &Client, id: &str) -> Result<Exit, RuntimeError> {
    const ACTION: &str = "wait for the container";
    let docker = client.docker().await?;
    let condition = WaitContainerOptions { condition: "not-running".to_owned() };
    match docker.wait_container(id, Some(condition)).next().await {
        // The library reports a program that failed as a failure of its own.
        None | Some(Ok(_) | Err(bollard::errors::Error::DockerContainerWaitError { .. })) => {}
        Some(Err(error)) if failure::is_missing(&error) => {}
        Some(Err(error)) => return Err(failure::sort(ACTION, 0, error)),
    }
    let found = client.inspect(id).await?;
    match found.map(|found| observation::state(found.state.as_ref())) {
        Some(ObservedState::Exited(exit)) => Ok(exit),
        Some(ObservedState::Created | ObservedState::Running) => {
            Err(failure::refused(ACTION, "it says that the container ended and still runs"))
        }
        None => Err(failure::refused(ACTION, "somebody removed it while it worked")),
    }
}
