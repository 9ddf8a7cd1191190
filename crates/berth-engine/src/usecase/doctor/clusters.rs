//! Whether PostgreSQL is there.

use berth_domain::chain;
use futures_util::future::join_all;

use super::{failed, ok};
use crate::engine::Inner;
use crate::view::Check;

/// Whether the PostgreSQL server answers that tenants share.
pub(super) async fn shared(engine: &Inner) -> Check {
    const HINT: &str = "look at the server's log";
    // One that rests for a while is not waited for: what it lacks is known.
    if let Some(lack) = engine.cluster.trouble() {
        return failed("PostgreSQL", lack.to_string(), HINT);
    }
    match engine.cluster.ready().await {
        Ok(cluster) => match cluster.server.ping().await {
            Ok(()) => ok(
                "PostgreSQL",
                format!("{} at {}", cluster.server.version(), cluster.server.address()),
            ),
            Err(error) => failed("PostgreSQL", chain(&error), HINT),
        },
        Err(error) => failed("PostgreSQL", chain(&error), HINT),
    }
}

/// Whether those answer that tenants have for themselves; each is asked. `None`: there are none.
pub(super) async fn own(engine: &Inner) -> Option<Check> {
    const NAME: &str = "own PostgreSQL";
    let gates = engine.own_clusters.gates();
    let asked = join_all(gates.iter().map(async |(tenant, gate)| {
        let lack = gate.lacks().await?;
        Some(format!("that of `{}`: {lack}", tenant.object_name()))
    }));
    let wrong: Vec<String> = asked.await.into_iter().flatten().collect();
    match (gates.len(), wrong.as_slice()) {
        (0, _) => None,
        (1, []) => Some(ok(NAME, "1 tenant has a server for itself")),
        (count, []) => Some(ok(NAME, format!("{count} tenants have servers for themselves"))),
        (_, wrong) => Some(failed(NAME, wrong.join("; "), "look at the server's log")),
    }
}

#[cfg(test)]
mod tests {
    use berth_domain::{ClusterId, Tenant};

    use super::*;
    use crate::engine::testing::TestEngine;

    #[tokio::test(flavor = "local")]
    async fn a_server_that_nobody_heard_of_yet_is_not_said_to_be_there() {
        let engine = TestEngine::new().await;
        let tenant = engine.populate(&["acme"]).await.remove(0);
        assert!(own(&engine.inner).await.is_none());

        let apart = Tenant { cluster: ClusterId::of(tenant.id), ..tenant };
        let gate = engine.inner.gate_of(&apart);
        let starting = own(&engine.inner).await.unwrap();
        gate.fail("its disk is full");
        let broken = own(&engine.inner).await.unwrap();

        let object = apart.id.object_name();
        let not_there = "the PostgreSQL server is not available";
        assert_eq!((starting.status, broken.status), ("failed", "failed"));
        assert_eq!(starting.detail, format!("that of `{object}`: {not_there}: it is starting"));
        assert_eq!(broken.detail, format!("that of `{object}`: {not_there}: its disk is full"));
    }
}
