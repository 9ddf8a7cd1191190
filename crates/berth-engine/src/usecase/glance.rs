//! Looking at one tenant without waiting for anybody.

use berth_domain::Actor;
use berth_store::observations::{self, Observation};
use berth_store::{operations as stored, storage};

use super::fleet::about;
use super::operations::view;
use super::{organisation, tenant};
use crate::Engine;
use crate::error::EngineError;
use crate::view::{DriftView, KnownTenant, SeenView};

impl Engine {
    /// Says what is known of a tenant. What is old is found out again meanwhile, for whoever asks next.
    pub async fn known_tenant(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<KnownTenant, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let tenant = tenant(&mut tx, &organisation, name).await?;
        let storage = storage::find(&mut tx, organisation.id, tenant.id).await?;
        let seen = observations::find(&mut tx, organisation.id, tenant.id).await?;
        let operation = match about(&tenant.state) {
            Some(id) => match stored::find(&mut tx, organisation.id, id).await? {
                Some(found) => Some(view(&found, &stored::journal(&mut tx, id).await?)),
                None => None,
            },
            None => None,
        };
        drop(tx);
        let (checkup, is_being_checked) = self.0.checkups.ask(&tenant, self.0.clock.now());
        Ok(KnownTenant {
            tenant: self.view(tenant, organisation.name.as_str(), storage),
            seen: seen.map(as_seen),
            checkup,
            is_being_checked,
            operation,
        })
    }
}

fn as_seen(seen: Observation) -> SeenView {
    let Observation { tenant: _, observed_at, container, drift, restarts, conf: _ } = seen;
    let drift =
        drift.map(|drift| DriftView { reason: drift.reason, hint: drift.hint, since: drift.since });
    SeenView {
        at: observed_at,
        container,
        drift,
        restarts: restarts.count,
        restarted_at: restarts.last,
    }
}
