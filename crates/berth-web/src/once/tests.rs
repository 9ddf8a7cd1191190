//! Requests that another process carries out at the same time.

use axum::routing::put;
use axum::{Extension, Router, middleware};
use berth_domain::access::Grants;
use berth_domain::audit::Origin;
use berth_engine::Asker;
use berth_engine::request::SetQuota;
use berth_engine_testkit::{ACTOR, Installation, ORG, Process};
use tower::ServiceExt as _;

use super::*;
use crate::access::Caller;
use crate::context::Named;
use crate::request::identify;

const PATH: &str = "/api/v1/organisations/default/quotas/anna";

/// Sets a quota, of which another process was just asked with the same key.
async fn set(context: Context, answered: bool) -> Result<Response, ApiError> {
    let id = "req_other".to_owned();
    let once = Once::new("k".to_owned(), id.clone(), &[b"PUT", PATH.as_bytes(), b""]);
    let origin = Origin::socket(id);
    let asker = Asker { origin, grants: Grants::Operator, shown: None, once: Some(once) };
    let other = context.engine.asked_by(asker);
    let quota = SetQuota { tenants: Some(3), ..SetQuota::default() };
    other.set_quota(&context.actor, ORG, Some("anna"), &quota).await?;
    if answered {
        let said = Bytes::from_static(b"what the other one said");
        let answer = Answered::of(StatusCode::OK, &HeaderMap::new(), &said);
        other.keep_answer(&context.actor, &answer).await?;
    }
    context.engine.set_quota(&context.actor, ORG, Some("anna"), &quota).await?;
    Ok("what this one says".into_response())
}

/// Asks, and returns the status and what is said.
async fn ask(process: &Process, answered: bool) -> (StatusCode, String) {
    let state = WebState::of(process.engine.clone());
    let place = process.engine.place(Some(ORG)).await.unwrap();
    let repeats = Repeats::Once { is_begun: false, is_stream: false };
    let once = middleware::from_fn_with_state(state.clone(), move |state, request, next| {
        carry_out_once(state, repeats, request, next)
    });
    let caller = Caller { actor: ACTOR, grants: Grants::Operator, token: None, me: None };
    let router = Router::new()
        .route(PATH, put(move |context: Context| set(context, answered)).route_layer(once))
        .layer(Extension(Named { place, organisation: Some(ORG.to_owned()) }))
        .layer(Extension(caller))
        .layer(middleware::from_fn_with_state(state.clone(), identify))
        .with_state(state);
    let request = Request::put(PATH).header("idempotency-key", "k").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let said = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(said.to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_answered_meanwhile_is_answered() {
    let installation = Installation::new("test-once").await;
    let process = installation.start().await;

    let (status, said) = ask(&process, true).await;

    assert_eq!((status, said.as_str()), (StatusCode::OK, "what the other one said"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_has_not_answered_yet_is_said_to_be_done() {
    let installation = Installation::new("test-once").await;
    let process = installation.start().await;

    let (status, said) = ask(&process, false).await;

    assert_eq!(status, StatusCode::CONFLICT);
    let problem: berth_api::v1::Problem = serde_json::from_str(&said).unwrap();
    assert!(problem.is_done(), "{said}");
}
