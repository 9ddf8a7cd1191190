//! `/organisations/{org}/tenants/{name}/reconcile`: what is there of a tenant, what would be put right, and
//! having it put right now.
//!
//! # Invariants
//!
//! * The page begins at once. What was looked at comes after its first bytes, because it asks the container
//!   engine.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use berth_domain::reconcile::{Planned, Trouble};
use berth_engine::EngineError;
use berth_engine::view::TenantPlanView;

use super::TenantPath;
use super::frame::{Frame, Page, base};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::action::Refusal;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::page_around;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{capitalised, moment};

/// What stands around it.
#[derive(Debug, Template)]
#[template(path = "tenant_reconcile.html")]
struct ReconcilePage {
    shell: Shell,
    frame: Frame,
}

/// What was found, which comes when it was looked at.
#[derive(Debug, Default, Template)]
#[template(path = "parts/reconcile.html")]
struct Found {
    base: String,
    org: String,
    once: String,
    /// What was done just now. `None`: nobody asked for it.
    done: Option<Vec<(String, String)>>,
    /// It goes on still.
    is_at_work: bool,
    observed: Vec<(String, String)>,
    actions: Vec<(String, String)>,
    troubles: Vec<(String, String)>,
    waits: Option<String>,
    /// Why it cannot be looked at, or done.
    refusal: Option<Refusal>,
}

/// Says what would be done.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let context = seat.context.clone();
    let (shown, found) = begin(seat, (&org, &name)).await?;
    page_around(&shown, async move { found.looked_at(&context, &name).await.render() })
}

/// Has it done, and says what was. It may take a minute, and is told as it ends.
pub(crate) async fn send(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let context = seat.context.clone();
    let (shown, found) = begin(seat, (&org, &name)).await?;
    page_around(&shown, async move { found.put_right(&context, &name).await.render() })
}

async fn begin(seat: Seat, (org, name): (&str, &str)) -> Result<(ReconcilePage, Found), ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, org, name).await?;
    let overview = engine.overview(&actor, org).await?;
    let (base, org, once) = (base(org, name), org.to_owned(), seat.once.clone());
    let found = Found { base, org, once, ..Found::default() };
    let shown = ReconcilePage {
        frame: Frame::of(&known.tenant, (&found.org, &seat), Page::Overview),
        shell: seat.shell(&overview, (Nav::Fleet, format!("Put {name} right"))).await?,
    };
    Ok((shown, found))
}

impl Found {
    async fn looked_at(self, context: &Context, name: &str) -> Self {
        match context.engine.tenant_plan(&context.actor, &self.org, name).await {
            Ok(view) => self.with(view),
            Err(error) => self.refused(&error),
        }
    }

    async fn put_right(self, context: &Context, name: &str) -> Self {
        match context.engine.reconcile_tenant(&context.actor, &self.org, name).await {
            Ok(view) => Self {
                done: Some(view.done.into_iter().map(planned).collect()),
                is_at_work: view.is_at_work,
                ..self.with(view.now)
            },
            Err(error) => self.refused(&error),
        }
    }

    fn with(self, view: TenantPlanView) -> Self {
        let TenantPlanView { tenant: _, operation, observed, plan } = view;
        let busy = operation.map(|(id, kind)| Refusal {
            text: format!("An operation has it, which is left to do its work: {kind}."),
            operation: Some(id.to_string()),
        });
        let trouble = |Trouble { reason, hint }: Trouble| {
            (capitalised(&reason), hint.map(|hint| capitalised(&hint)).unwrap_or_default())
        };
        Self {
            observed: observed.into_iter().map(|(what, is)| (capitalised(what), is)).collect(),
            actions: plan.actions.into_iter().map(planned).collect(),
            troubles: plan.troubles.into_iter().map(trouble).collect(),
            waits: plan.wait_until.map(moment),
            refusal: busy,
            ..self
        }
    }

    fn refused(self, error: &EngineError) -> Self {
        tracing::debug!(%error, "a tenant cannot be looked at");
        Self { refusal: Some(Refusal::of(error)), ..self }
    }

    /// Whether there is anything that could be done now.
    fn is_open(&self) -> bool {
        self.refusal.is_none() && !self.is_at_work
    }
}

fn planned(Planned { action, reason }: Planned) -> (String, String) {
    (capitalised(action.text()), reason)
}
