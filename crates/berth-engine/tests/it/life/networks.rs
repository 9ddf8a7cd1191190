//! Which addresses tenants are given on a host where others have some, and what becomes of one whose
//! network is taken away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use berth_domain::{HostName, TenantState};
use berth_edge::RouteState;
use berth_engine::Door;
use berth_engine::request::TenantChange;
use berth_runtime::fake::FakeEngine;

use super::stage::Stage;

/// `10.213.0.0/28` and `10.213.0.32/28`, as the kernel lists them on a little-endian host.
const ROUTES: &str = "\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
br-36b55aead72c	0000D50A	00000000	0001	0	0	0	F0FFFFFF	0	0	0
br-0ed2fa63f861	2000D50A	00000000	0001	0	0	0	F0FFFFFF	0	0	0
";

async fn number(stage: &Stage, name: &str) -> Option<u32> {
    stage.create(name).await;
    stage.get(name).await.subnet
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_the_host_reaches_elsewhere_are_given_to_nobody() {
    let stage = Stage::with(|it| {
        std::fs::write(&it.settings.host_routes, ROUTES).unwrap();
    })
    .await;

    assert_eq!(number(&stage, "acme").await, Some(1));
    assert_eq!(number(&stage, "globex").await, Some(3));
}

/// Once armed, somebody takes the networks of all tenants away as soon as one of them is knocked at.
#[derive(Debug)]
struct Thief {
    runtime: FakeEngine,
    is_armed: Arc<AtomicBool>,
    /// What whoever knocks hears meanwhile; `None` is nothing, for ever. Others hear whether there is a
    /// network.
    said: Option<u16>,
}

#[async_trait]
impl Door for Thief {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        let networks =
            self.runtime.runtime().networks.list().await.map_err(std::io::Error::other)?;
        if self.is_armed.swap(false, Ordering::Relaxed) {
            for network in networks {
                self.runtime.remove_network_behind_our_back(&network.name);
            }
            let Some(said) = self.said else { return std::future::pending().await };
            return Ok(said);
        }
        Ok(if networks.is_empty() { 503 } else { 200 })
    }
}

/// Restarts a tenant whose network is stolen when its login page is asked for.
async fn restarted_under_a_thief(said: Option<u16>) {
    let is_armed = Arc::new(AtomicBool::new(false));
    let stage = Stage::with(|it| {
        let (runtime, is_armed) = (it.runtime.clone(), Arc::clone(&is_armed));
        it.door = Arc::new(Thief { runtime, is_armed, said });
    })
    .await;
    stage.create("acme").await;
    let acme = stage.get("acme").await;
    is_armed.store(true, Ordering::Relaxed);

    stage.change("acme", TenantChange::Restart).await;

    assert!(!is_armed.load(Ordering::Relaxed), "nothing was stolen");
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
    assert_eq!(stage.route(acme.host.as_str()), Some(RouteState::Open));
    let networks = stage.installation.runtime.runtime().networks.list().await.unwrap();
    let object = acme.id.object_name();
    assert!(networks.iter().any(|network| network.name == object.as_str()), "{networks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_goes_missing_while_the_login_page_is_waited_for_is_made_again() {
    restarted_under_a_thief(Some(503)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_goes_missing_before_visitors_are_let_in_is_made_again() {
    restarted_under_a_thief(Some(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_goes_missing_is_noticed_while_the_edge_still_has_patience() {
    restarted_under_a_thief(None).await;
}
