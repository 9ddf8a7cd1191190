//! Whether PostgreSQL is there.

use berth_domain::chain;

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

/// Servers that tenants have for themselves. `None`: there are none.
pub(super) fn own(engine: &Inner) -> Option<Check> {
    const NAME: &str = "own PostgreSQL";
    let troubles = engine.own_clusters.troubles();
    let wrong = troubles.iter().filter_map(|(tenant, trouble)| {
        Some(format!("that of `{}`: {}", tenant.object_name(), trouble.as_ref()?))
    });
    let wrong: Vec<String> = wrong.collect();
    match (troubles.len(), wrong.as_slice()) {
        (0, _) => None,
        (1, []) => Some(ok(NAME, "1 tenant has a server for itself")),
        (count, []) => Some(ok(NAME, format!("{count} tenants have servers for themselves"))),
        (_, wrong) => Some(failed(NAME, wrong.join("; "), "look at the server's log")),
    }
}
