//! What the reconciler sees and does.

use berth_api::v1 as api;
use berth_domain::reconcile::{Planned, Trouble};
use berth_engine::view::{ReconciliationView, TenantPlanView};

pub(crate) fn tenant_plan(view: TenantPlanView) -> api::TenantPlan {
    let TenantPlanView { tenant, operation, observed, plan } = view;
    api::TenantPlan {
        tenant: tenant.name.to_string(),
        state: tenant.state.to_string(),
        operation: operation
            .map(|(id, kind)| api::AtWork { id: id.to_string(), kind: kind.to_string() }),
        observed: observed
            .into_iter()
            .map(|(what, is)| api::Fact { what: what.to_owned(), is })
            .collect(),
        actions: plan.actions.into_iter().map(healing).collect(),
        troubles: plan.troubles.into_iter().map(trouble).collect(),
        wait_until: plan.wait_until,
    }
}

pub(crate) fn reconciliation(view: ReconciliationView) -> api::Reconciliation {
    let ReconciliationView { done, is_at_work, now } = view;
    api::Reconciliation {
        done: done.into_iter().map(healing).collect(),
        at_work: is_at_work,
        now: tenant_plan(now),
    }
}

fn healing(Planned { action, reason }: Planned) -> api::Healing {
    api::Healing { action: action.label().to_owned(), text: action.text().to_owned(), reason }
}

fn trouble(Trouble { reason, hint }: Trouble) -> api::Trouble {
    api::Trouble { reason, hint }
}
