//! A `WebSocket`: bytes in both directions until one side has enough.

use bytes::Bytes;
use tokio::io::{AsyncWriteExt, copy_bidirectional_with_sizes};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::EdgeMetrics;
use crate::record::Record;
use crate::tenants::Place;

/// What each direction may hold. There are thousands of these, and their messages are small.
const BUFFER: usize = 4 << 10;

/// The tenant's end of a tunnel.
#[derive(Debug)]
pub(crate) struct TunnelEnd {
    pub(crate) stream: TcpStream,
    /// What the tenant said right behind its answer.
    pub(crate) early: Bytes,
    pub(crate) record: Record,
    pub(crate) place: Place,
}

/// Runs a tunnel. It ends with either side, and at `stop`: a `WebSocket` never ends by itself, and
/// its visitor connects again.
pub(crate) async fn run(
    mut visitor: TcpStream,
    early: Bytes,
    end: TunnelEnd,
    metrics: &EdgeMetrics,
    stop: &CancellationToken,
) {
    let TunnelEnd { mut stream, early: early_from_tenant, mut record, place } = end;
    metrics.websockets.inc();
    let pass = async {
        visitor.write_all(&early_from_tenant).await?;
        stream.write_all(&early).await?;
        copy_bidirectional_with_sizes(&mut visitor, &mut stream, BUFFER, BUFFER).await
    };
    tokio::select! {
        passed = pass => match passed {
            Ok((bytes_in, bytes_out)) => record.tunnelled(bytes_in, bytes_out),
            Err(error) => tracing::debug!(%error, "a WebSocket broke off"),
        },
        () = stop.cancelled() => {}
    }
    metrics.websockets.dec();
    drop(place);
}
