//! Stopping, starting, restarting, and giving other limits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use berth_testkit::http::{Place, request, send};
use futures_util::future::join_all;
use serde_json::Value;

use crate::world::{Site, Stack};

pub(crate) async fn a_stopped_tenant_says_so_and_comes_back_with_everything_it_had(stack: &Stack) {
    let acme = stack.acme().await;
    let users = "SELECT id, login, password FROM res_users ORDER BY id";
    let before = stack.home.sql(&acme.object, users).await;

    stack.home.done(&["tenant", "stop", "acme"]).await;

    let page = stack.login_page(acme).await;
    assert_eq!(page.status, 503);
    assert_eq!(page.header("retry-after"), Some("60"));
    assert!(page.text().contains("This site is switched off"), "{}", page.text());
    let container = stack.home.engine().container(acme.object.as_str()).await.unwrap();
    assert_eq!(container["State"]["Running"], false);

    stack.home.done(&["tenant", "start", "acme"]).await;

    assert_eq!(stack.login_page(acme).await.status, 200);
    assert_eq!(stack.home.sql(&acme.object, users).await, before);
}

pub(crate) async fn a_restart_fails_no_request(stack: &Stack) {
    let acme = stack.acme().await;
    let before = started_at(stack, acme).await;

    let answers = while_visited(stack, acme, stack.home.done(&["tenant", "restart", "acme"])).await;

    assert_ne!(started_at(stack, acme).await, before);
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["200"], "{answers:?}");
}

pub(crate) async fn new_limits_are_in_force_and_fail_no_request(stack: &Stack) {
    let acme = stack.acme().await;

    let set = stack.home.done(&["tenant", "set", "acme", "--memory", "640MiB", "--pids", "200"]);
    let answers = while_visited(stack, acme, set).await;

    assert_eq!(answers.keys().collect::<Vec<_>>(), ["200"], "{answers:?}");
    let container = stack.home.engine().container(acme.object.as_str()).await.unwrap();
    assert_eq!(container["HostConfig"]["Memory"], 640 << 20);
    assert_eq!(container["HostConfig"]["PidsLimit"], 200);
    assert_eq!(stack.login_page(acme).await.status, 200);
}

async fn started_at(stack: &Stack, site: &Site) -> Value {
    let container = stack.home.engine().container(site.object.as_str()).await.unwrap();
    container["State"]["StartedAt"].clone()
}

/// Visits a tenant from four sides, again and again, from before `work` until after it. Returns how
/// often each outcome was seen.
async fn while_visited<T>(
    stack: &Stack,
    site: &Site,
    work: impl Future<Output = T>,
) -> BTreeMap<String, u32> {
    let is_over = AtomicBool::new(false);
    let edge = Place::Address(stack.home.edge().await);
    let visit = || async {
        let mut seen = BTreeMap::<String, u32>::new();
        while !is_over.load(Ordering::Relaxed) {
            let mut asked = request("GET", "/web/login", &Value::Null);
            asked.headers_mut().insert("host", site.host.parse().unwrap());
            let outcome = match send(&edge, asked, Duration::from_mins(1)).await {
                Ok(answer) => answer.status.to_string(),
                Err(error) => error.to_string(),
            };
            *seen.entry(outcome).or_default() += 1;
        }
        seen
    };
    let work = async {
        work.await;
        is_over.store(true, Ordering::Relaxed);
    };
    let visitors = join_all((0..4).map(|_| visit()));
    let (seen, ()) = tokio::join!(visitors, Box::pin(work));
    let mut all = BTreeMap::new();
    for (outcome, count) in seen.into_iter().flatten() {
        *all.entry(outcome).or_default() += count;
    }
    all
}
