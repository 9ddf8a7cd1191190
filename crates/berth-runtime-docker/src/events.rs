//! What happens to our containers.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use berth_domain::Timestamp;
use berth_runtime::{RuntimeError, Stream, WorkloadEvent};
use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptions;
use futures_util::{StreamExt, TryStreamExt};

use crate::client::Client;
use crate::dialect::Dialect;
use crate::{failure, labels};

const ACTION: &str = "report events";

/// Reports from now on.
///
/// The request goes out when the stream is first read, so it names the moment of this call: the engine
/// then adds what happened in between.
pub(crate) async fn read(client: &Arc<Client>) -> Result<Stream<WorkloadEvent>, RuntimeError> {
    let connection = client.connection().await?;
    let info = client.call(ACTION, connection.docker.info()).await?;
    let now = info.system_time.and_then(|text| text.parse::<Timestamp>().ok());
    let kinds = ("type".to_owned(), vec!["container".to_owned()]);
    let options = EventsOptions {
        since: now.map(seconds),
        until: None,
        filters: Some(HashMap::from([kinds, labels::filter(client.home())])),
    };
    let docker = client.streaming().await?;
    let deadline = client.deadlines().call.as_secs();
    let dialect = connection.dialect;
    let events = docker
        .events(Some(options))
        .map_err(move |error| failure::sort(ACTION, deadline, error))
        .try_filter_map(move |message| ready(Ok(describe(dialect, message))));
    Ok(events.boxed())
}

/// Seconds and nanoseconds since the epoch, as the Engine API takes them.
fn seconds(at: Timestamp) -> String {
    format!("{}.{:09}", at.as_second(), at.subsec_nanosecond())
}

/// `None`: nothing that Berth looks for.
fn describe(dialect: Dialect, message: EventMessage) -> Option<WorkloadEvent> {
    let kind = dialect.event(message.action.as_deref()?)?;
    // The engine puts the name and the labels into one map.
    let mut attributes = message.actor?.attributes?;
    let tenant = labels::read(&attributes).tenant;
    let name = attributes.remove("name")?;
    Some(WorkloadEvent { name, tenant, kind })
}
