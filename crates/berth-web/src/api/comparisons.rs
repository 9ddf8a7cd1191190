//! `POST /api/v1/organisations/{org}/comparisons`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::{CompareTenants, TenantWish};

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{At, Body};
use crate::present;

/// Holds tenants as they are to be against those that there are, and changes nothing.
///
/// What is wrong with one of them stands among its own problems; the answer is a `200` all the same.
pub(crate) async fn compare(
    context: Context,
    At(org): At<String>,
    Body(body): Body<api::TenantComparison>,
) -> Result<Json<api::List<api::TenantDifference>>, ApiError> {
    let api::TenantComparison { tenants, mark, prune } = body;
    let tenants = tenants.into_iter().map(wish).collect();
    let request = CompareTenants { tenants, mark, prune };

    let found = context.engine.compare_tenants(&context.actor, &org, &request).await?;

    let items = found.into_iter().map(present::difference).collect();
    Ok(Json(api::List { items, next: None }))
}

fn wish(wish: api::TenantWish) -> TenantWish {
    TenantWish {
        name: wish.name,
        host: wish.host,
        stage: wish.stage,
        image: wish.image,
        modules: wish.modules,
        language: wish.language,
        country: wish.country,
        demo: wish.demo,
        company: wish.company,
        admin_login: wish.admin_login,
        email: wish.email,
        time_zone: wish.time_zone,
        addons: wish.addons.map(Into::into),
        own_cluster: wish.own_cluster,
        cpu: wish.cpu,
        memory: wish.memory,
        pids: wish.pids,
        storage: wish.storage,
        owner: wish.owner,
        tags: wish.tags,
        notes: wish.notes,
        expires: wish.expires,
    }
}
