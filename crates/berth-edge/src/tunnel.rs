//! A `WebSocket`: bytes in both directions until one side has enough.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWriteExt, copy_bidirectional_with_sizes};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::EdgeMetrics;
use crate::metrics::Counted;
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

/// When a tunnel is cut that neither side ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut<'a> {
    pub(crate) stop: &'a CancellationToken,
    /// How long it may go on after the stop.
    pub(crate) after: Duration,
}

impl Cut<'_> {
    async fn due(self) {
        self.stop.cancelled().await;
        tokio::time::sleep(self.after).await;
    }
}

/// Runs a tunnel. It ends with either side, or when it is cut: most `WebSocket`s never end by
/// themselves, and their visitors connect again.
pub(crate) async fn run(
    mut visitor: TcpStream,
    early: Bytes,
    end: TunnelEnd,
    metrics: &EdgeMetrics,
    cut: Cut<'_>,
) {
    let TunnelEnd { mut stream, early: early_from_tenant, mut record, place } = end;
    let _open = Counted::in_gauge(&metrics.websockets);
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
        () = cut.due() => {}
    }
    drop(place);
}
