//! Quotas: what the tenants of an owner, or all of an organisation, may have together.

use std::str::FromStr;

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::{Actor, Bytes, OrganisationId, Owner, Problems};
use berth_store::quotas::{self as stored, Quota};
use berth_store::{Part, Tx};
use serde_json::{Value, json};

use super::audit::Deed;
use super::organisation;
use crate::admission::parse_cpu;
use crate::error::EngineError;
use crate::page;
use crate::request::{PageRequest, SetQuota};
use crate::view::{Listing, PlanView, QuotaView};
use crate::{Engine, plan};

impl Engine {
    /// Lists quotas with what is used of them: that of the organisation first, then those of every
    /// owner who has one or has tenants.
    pub async fn quotas(
        &self,
        actor: &Actor,
        org: &str,
        request: &PageRequest,
    ) -> Result<Listing<QuotaView>, EngineError> {
        let mut problems = Problems::default();
        let part = page::part(request, ["owner", "-owner"], place, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let own = stored::list(&mut tx, organisation.id).await?;
        let with_tenants = stored::owners(&mut tx, organisation.id).await?;
        for error in own.unreadable.iter().chain(&with_tenants.unreadable) {
            tracing::warn!(%error, "a quota cannot be read");
        }
        let mut owners: Vec<Option<Owner>> = own.rows.iter().map(|(who, _)| who.clone()).collect();
        owners.extend(with_tenants.rows.into_iter().map(Some));
        owners.sort();
        owners.dedup();
        let next = cut(&mut owners, &part);
        let mut views = Vec::with_capacity(owners.len());
        for owner in owners {
            let quota = own.rows.iter().find(|(who, _)| *who == owner).map(|(_, quota)| *quota);
            views.push(self.quota_view(&mut tx, organisation.id, (owner, quota)).await?);
        }
        Ok(Listing { items: views, next })
    }

    /// Shows the quota of an owner, or with `None` that of the whole organisation, and what is used of it.
    pub async fn quota(
        &self,
        actor: &Actor,
        org: &str,
        owner: Option<&str>,
    ) -> Result<QuotaView, EngineError> {
        let mut problems = Problems::default();
        let owner = read_owner(owner, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let quota = stored::find(&mut tx, organisation.id, owner.as_ref()).await?;
        self.quota_view(&mut tx, organisation.id, (owner, quota)).await
    }

    async fn quota_view(
        &self,
        tx: &mut Tx,
        organisation: OrganisationId,
        (owner, quota): (Option<Owner>, Option<Quota>),
    ) -> Result<QuotaView, EngineError> {
        let used = stored::usage(tx, organisation, owner.as_ref(), None).await?;
        Ok(QuotaView {
            is_default: quota.is_none(),
            quota: quota.unwrap_or_else(|| self.otherwise(owner.as_ref())),
            owner,
            used,
        })
    }

    /// Says what setting a quota would do, or with no request what taking it away would do, and touches
    /// nothing.
    pub async fn plan_quota(
        &self,
        actor: &Actor,
        org: &str,
        owner: Option<&str>,
        request: Option<&SetQuota>,
    ) -> Result<PlanView, EngineError> {
        let mut problems = Problems::default();
        let owner = read_owner(owner, &mut problems);
        let to = match request {
            Some(request) => read(request, &mut problems),
            None => self.otherwise(owner.as_ref()),
        };
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let from = stored::find(&mut tx, organisation.id, owner.as_ref()).await?;
        if from.is_none() && request.is_none() {
            return Err(EngineError::NoSuchQuota(whose(owner.as_ref())));
        }
        let used = stored::usage(&mut tx, organisation.id, owner.as_ref(), None).await?;
        let from = from.unwrap_or_else(|| self.otherwise(owner.as_ref()));
        Ok(plan::quota(&whose(owner.as_ref()), (&from, &to), &used))
    }

    /// What holds without a quota of one's own.
    fn otherwise(&self, owner: Option<&Owner>) -> Quota {
        owner.map_or_else(Quota::default, |_| self.0.settings.owner_quota)
    }

    /// Sets the quota of an owner, or with `None` that of the whole organisation, in place of the one
    /// there was. What is used already stays, however much it is.
    pub async fn set_quota(
        &self,
        actor: &Actor,
        org: &str,
        owner: Option<&str>,
        request: &SetQuota,
    ) -> Result<QuotaView, EngineError> {
        let mut problems = Problems::default();
        let owner = read_owner(owner, &mut problems);
        let quota = read(request, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.begin().await?;
        stored::lock(&mut tx).await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let had = stored::find(&mut tx, organisation.id, owner.as_ref()).await?;
        stored::put(&mut tx, organisation.id, owner.as_ref(), &quota).await?;
        let deed = Deed::new("quota.set", organisation.id, object(owner.as_ref()));
        let deed = deed.before(json!(had.map(told))).after(told(quota));
        self.record(&mut tx, actor, deed).await?;
        let used = stored::usage(&mut tx, organisation.id, owner.as_ref(), None).await?;
        tx.commit().await?;
        tracing::info!(actor = %actor, owner = ?owner, ?quota, "somebody set a quota");
        Ok(QuotaView { owner, quota, is_default: false, used })
    }

    /// Takes a quota away: for an owner the configured one holds again.
    pub async fn clear_quota(
        &self,
        actor: &Actor,
        org: &str,
        owner: Option<&str>,
    ) -> Result<(), EngineError> {
        let mut problems = Problems::default();
        let owner = read_owner(owner, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.begin().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let had = stored::find(&mut tx, organisation.id, owner.as_ref()).await?;
        if !stored::clear(&mut tx, organisation.id, owner.as_ref()).await?.is_updated() {
            let whose =
                owner.map_or_else(|| "the organisation".to_owned(), |owner| format!("`{owner}`"));
            return Err(EngineError::NoSuchQuota(whose));
        }
        let deed = Deed::new("quota.clear", organisation.id, object(owner.as_ref()));
        self.record(&mut tx, actor, deed.before(json!(had.map(told)))).await?;
        tx.commit().await?;
        tracing::info!(actor = %actor, "somebody took a quota away");
        Ok(())
    }
}

/// A quota to those who look at who did what.
fn object(owner: Option<&Owner>) -> Object {
    let name = owner.map_or_else(|| "(everybody)".to_owned(), ToString::to_string);
    Object::named(ObjectKind::Quota, name)
}

fn told(Quota { tenants, cpu_millis, memory, storage }: Quota) -> Value {
    json!({
        "tenants": tenants,
        "cpu_millis": cpu_millis,
        "memory_bytes": memory.map(|bytes| bytes.0),
        "storage_bytes": storage.map(|bytes| bytes.0),
    })
}

fn whose(owner: Option<&Owner>) -> String {
    owner.map_or_else(|| "the organisation".to_owned(), |owner| format!("`{owner}`"))
}

fn read_owner(owner: Option<&str>, problems: &mut Problems) -> Option<Owner> {
    owner.and_then(|text| problems.check("owner", text.parse()))
}

fn read(request: &SetQuota, p: &mut Problems) -> Quota {
    let SetQuota { tenants, cpu, memory, storage } = request;
    let cpu = cpu.as_deref().and_then(|text| p.check("cpu", parse_cpu(text)));
    let mut size =
        |field, text: Option<&String>| text.and_then(|text| p.check(field, text.parse::<Bytes>()));
    Quota {
        tenants: *tenants,
        memory: size("memory", memory.as_ref()),
        storage: size("storage", storage.as_ref()),
        cpu_millis: cpu.map(u64::from),
    }
}

/// Stands for the quota of the organisation in a place of a list. No owner is called that.
const EVERYBODY: &str = "*";

/// Reads a place in a list of quotas.
fn place(text: &str) -> Result<Option<Owner>, String> {
    if text == EVERYBODY {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error: <Owner as FromStr>::Err| error.to_string())
}

/// Leaves one page of a sorted list, and returns what the next one begins behind.
fn cut(
    owners: &mut Vec<Option<Owner>>,
    Part { page, is_reversed }: &Part<Option<Owner>>,
) -> Option<String> {
    if *is_reversed {
        owners.reverse();
    }
    if let Some(after) = &page.after {
        owners.retain(|owner| if *is_reversed { owner < after } else { owner > after });
    }
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let is_last = owners.len() <= limit;
    owners.truncate(limit);
    let last = owners.last().filter(|_| !is_last)?;
    Some(last.as_ref().map_or_else(|| EVERYBODY.to_owned(), ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(sort_reversed: bool) -> Vec<String> {
        let all = [None, Some("anna"), Some("berta")];
        let all: Vec<Option<Owner>> =
            all.map(|owner| owner.map(|owner| owner.parse().unwrap())).into();
        let mut part = Part { is_reversed: sort_reversed, ..Part::first(1) };
        let mut seen = Vec::new();
        loop {
            let mut page = all.clone();
            let next = cut(&mut page, &part);
            seen.extend(
                page.into_iter()
                    .map(|owner| owner.map_or_else(|| "*".to_owned(), |owner| owner.to_string())),
            );
            let Some(next) = next else { return seen };
            part.page.after = Some(place(&next).unwrap());
        }
    }

    #[test]
    fn pages_of_one_are_the_whole_list_in_both_directions() {
        assert_eq!(pages(false), ["*", "anna", "berta"]);
        assert_eq!(pages(true), ["berta", "anna", "*"]);
    }
}
