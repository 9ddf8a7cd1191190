//! What tenants used, as it was sampled.

use std::collections::BTreeMap;

use berth_domain::statistics::{Range, Sample, Step, merge};
use berth_domain::{Actor, OrganisationId, Problems, TenantId, TenantName, Timestamp};
use berth_store::statistics::{self as stored, NewestUse, Used};
use berth_store::{Listed, Tx, tenants};

use super::{find_tenant, organisation};
use crate::Engine;
use crate::error::EngineError;
use crate::statistics::is_recent_since;
use crate::view::StatisticsView;

impl Engine {
    /// What a tenant used for some time up to now: `1h`, `24h` or `7d`; a day when nobody says.
    pub async fn tenant_statistics(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        range: Option<&str>,
    ) -> Result<StatisticsView, EngineError> {
        let range = read(range)?;
        let (organisation, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let now = self.0.clock.now();
        let from = now - range.span();
        let mut tx = self.0.store.read().await?;
        let samples = samples(&mut tx, (organisation.id, tenant.id), (range, from)).await?;
        Ok(StatisticsView {
            tenant: tenant.name,
            limits: tenant.limits,
            range,
            from,
            until: now,
            samples,
        })
    }

    /// What these tenants used in the last hour, every third sample, the oldest first. Names that no tenant has are left out.
    pub async fn fleet_statistics(
        &self,
        actor: &Actor,
        org: &str,
        names: &[TenantName],
    ) -> Result<BTreeMap<TenantName, Vec<Used>>, EngineError> {
        let from = self.0.clock.now() - Range::Hour.span();
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        Ok(stored::of_fleet(&mut tx, organisation.id, names, from).await?)
    }

    /// What every tenant of the installation uses, as far as it was sampled lately.
    pub async fn usage_metrics(&self) -> Result<Vec<NewestUse>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let since = is_recent_since(self.0.clock.now(), tenants::count_all(&mut tx).await?);
        Ok(stored::newest(&mut tx, since).await?.rows)
    }
}

fn read(range: Option<&str>) -> Result<Range, EngineError> {
    let Some(text) = range else { return Ok(Range::default()) };
    let mut problems = Problems::default();
    problems.one_of("range", text, &Range::ALL, Range::as_str).ok_or(EngineError::Invalid(problems))
}

/// The samples of one tenant, each of what the range is made of. What was not merged yet is merged here.
async fn samples(
    tx: &mut Tx,
    of: (OrganisationId, TenantId),
    (range, from): (Range, Timestamp),
) -> Result<Vec<Sample>, EngineError> {
    let (mut all, mut from) = (Vec::new(), from);
    for step in Step::ALL.into_iter().rev().filter(|step| *step <= range.step()) {
        all.extend(readable(stored::of_tenant(tx, of, step, from).await?));
        if let Some(merged_until) = stored::merged_until(tx, step).await? {
            from = from.max(merged_until);
        }
    }
    Ok(if range.step() == Step::Minute { all } else { merge(&all, range.step()) })
}

fn readable(found: Listed<Sample>) -> Vec<Sample> {
    for error in &found.unreadable {
        tracing::warn!(%error, "a sample cannot be read");
    }
    found.rows
}
