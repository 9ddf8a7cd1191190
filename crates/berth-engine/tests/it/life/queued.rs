//! What waits for its turn, and what happens before that comes.

use berth_domain::TenantState;
use berth_domain::operation::OperationState;
use berth_engine::SetOutcome;
use berth_engine::request::{RenameTenant, SetTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};

use super::stage::Stage;

/// Takes every place of the driver until it is released. Returns who has them.
pub(super) async fn keep_busy(stage: &Stage) -> Vec<String> {
    let engine = &stage.process().engine;
    let mut busy = Vec::new();
    for _ in 0..stage.installation.settings.concurrency {
        let id = engine.create_demo(&ACTOR, ORG, "busy").await.unwrap().id.to_string();
        stage
            .until(async || {
                let view = engine.operation(&ACTOR, ORG, &id).await.unwrap();
                view.state == OperationState::Running
            })
            .await;
        busy.push(id);
    }
    busy
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_before_its_turn_leaves_the_tenant_as_it_was() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let rename = RenameTenant { name: "globex".to_owned(), ..RenameTenant::default() };
    for change in [
        TenantChange::Stop,
        TenantChange::Restart,
        TenantChange::Rename(rename),
        TenantChange::Suspend,
        TenantChange::Archive,
        TenantChange::Delete,
        TenantChange::Purge,
    ] {
        let said = format!("{change:?}");
        let before = stage.get("acme").await;
        let busy = keep_busy(&stage).await;
        let id = stage.begin("acme", change).await.unwrap().id.to_string();
        let engine = &stage.process().engine;

        engine.cancel_operation(&ACTOR, ORG, &id).await.unwrap();
        for demo in busy {
            engine.release_demo(&ACTOR, ORG, &demo).await.unwrap();
        }

        let at = async || engine.operation(&ACTOR, ORG, &id).await.unwrap().state;
        stage.until(async || at().await.is_at_rest()).await;
        assert_eq!(at().await, OperationState::Undone, "{said}");
        let after = stage.get("acme").await;
        assert_eq!((after.state, after.host), (TenantState::Running, before.host), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_went_missing_before_its_turn_is_made_again() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let object = stage.get("acme").await.id.object_name();
    let busy = keep_busy(&stage).await;
    let limits = SetTenant { pids: Some(96), ..SetTenant::default() };
    let SetOutcome::Begun(set) = stage.set("acme", limits).await.unwrap() else {
        panic!("limits need an operation")
    };
    let engine = &stage.process().engine;

    stage.installation.runtime.remove_network_behind_our_back(object.as_str());
    for demo in busy {
        engine.release_demo(&ACTOR, ORG, &demo).await.unwrap();
    }

    stage.done(*set).await;
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
    let networks = stage.installation.runtime.runtime().networks.list().await.unwrap();
    assert!(networks.iter().any(|network| network.name == object.as_str()), "{networks:?}");
}
