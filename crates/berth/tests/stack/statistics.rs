//! What a tenant uses, as it is sampled.

use std::time::Duration;

use berth_testkit::wait;
use serde_json::Value;

use crate::world::Stack;

/// Everybody is looked at once a minute.
const SAMPLED: Duration = Duration::from_mins(4);
const VISITS: u64 = 20;

pub(crate) async fn what_a_tenant_uses_is_seen_within_a_minute_or_two(stack: &Stack) {
    let home = &stack.home;
    let acme = stack.acme().await;
    let before = sum(&samples(stack).await, "requests");

    for _ in 0..VISITS {
        assert_eq!(stack.login_page(acme).await.status, 200);
    }
    wait::until(SAMPLED, async || sum(&samples(stack).await, "requests") >= before + VISITS).await;

    let mut seen = samples(stack).await;
    seen.retain(|sample| sample["requests"].as_u64() > Some(0));
    let visited = seen.pop().unwrap();
    // A page costs Odoo milliseconds at least, and a tenant has the cores that it may have at most.
    let cpu = visited["cpu_millis"].as_u64().unwrap();
    let limit = home.get("tenants/acme").await["limits"]["cpu_millis"].as_u64().unwrap();
    assert!(cpu > 0 && cpu <= limit * 11 / 10, "{visited} of {limit}");
    assert!(visited["memory_bytes"].as_u64().unwrap() > 30 << 20, "{visited}");
    assert!(visited["p95_milliseconds"].as_u64().unwrap() > 0, "{visited}");
    let said = home.done(&["tenant", "statistics", "acme", "--range", "1h"]).await;
    assert!(said.text().starts_with("FIGURE "), "{said:?}");
}

/// The samples of the last hour.
async fn samples(stack: &Stack) -> Vec<Value> {
    let statistics = stack.home.get("tenants/acme/statistics?range=1h").await;
    statistics["samples"].as_array().cloned().unwrap_or_default()
}

fn sum(samples: &[Value], what: &str) -> u64 {
    samples.iter().filter_map(|sample| sample[what].as_u64()).sum()
}
