//! Looking at tenants.

use std::collections::BTreeMap;

use berth_domain::{Actor, OrganisationId, OrganisationName, Problems, Stage, Tenant, Timestamp};
use berth_runtime::WorkloadName;
use berth_store::storage::{self, StorageUse};
use berth_store::tenants::{self as stored, Filter, Order, Place, SortKey, StateName};
use berth_store::{Page, Tx, organisations};

use super::{find_tenant, organisation, shown};
use crate::Engine;
use crate::admission::notes;
use crate::error::EngineError;
use crate::page::name;
use crate::request::TenantFilter;
use crate::revision::Revision;
use crate::view::{StorageMetric, StorageView, TenantPage, TenantView};
use crate::{health, reconciler};

/// How many tenants a list has when nobody says.
const PAGE: u32 = 100;
/// How many it has at most.
const LONGEST_PAGE: u32 = 1000;

impl Engine {
    /// Lists tenants, by name unless somebody wants another order.
    pub async fn tenants(
        &self,
        actor: &Actor,
        org: &str,
        filter: &TenantFilter,
    ) -> Result<TenantPage, EngineError> {
        let asked = read(filter, self.0.clock.now())?;
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let names = BTreeMap::from([(organisation.id, organisation.name)]);
        self.list_tenants(&mut tx, (Some(organisation.id), &names), asked).await
    }

    /// Lists tenants of all organisations, for whoever runs the installation.
    pub async fn all_tenants(
        &self,
        _actor: &Actor,
        filter: &TenantFilter,
    ) -> Result<TenantPage, EngineError> {
        let asked = read(filter, self.0.clock.now())?;
        let mut tx = self.0.store.read().await?;
        let all = organisations::list(&mut tx).await?;
        for error in &all.unreadable {
            tracing::warn!(%error, "an organisation cannot be read");
        }
        let names = all.rows.into_iter().map(|found| (found.id, found.name)).collect();
        self.list_tenants(&mut tx, (None, &names), asked).await
    }

    async fn list_tenants(
        &self,
        tx: &mut Tx,
        (organisation, names): (Option<OrganisationId>, &Names),
        (filter, order, page): Asked,
    ) -> Result<TenantPage, EngineError> {
        let sorted = stored::sorted(tx, organisation, &filter, (order, &page)).await?;
        for error in &sorted.unreadable {
            tracing::warn!(%error, "a tenant cannot be read");
        }
        for error in &sorted.unmeasured {
            tracing::warn!(%error, "what a tenant fills cannot be read");
        }
        let view = |(tenant, storage): (Tenant, Option<StorageUse>)| {
            let name = names.get(&tenant.organisation).map_or("", OrganisationName::as_str);
            self.view(tenant, name, storage)
        };
        Ok(TenantPage {
            tenants: sorted.rows.into_iter().map(view).collect(),
            next: sorted.next.map(|place| behind(&place)),
        })
    }

    /// Looks at one tenant: what is wanted of it, and what was observed just now.
    pub async fn tenant(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<TenantView, EngineError> {
        let (organisation, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let workload = WorkloadName::tenant(&tenant.id.object_name());
        let observed = self.0.runtime.workloads.observe(&workload).await;
        let container = match observed {
            Ok(Some(observed)) => reconciler::describe(&observed),
            Ok(None) => "missing".to_owned(),
            Err(error) => format!("unknown: {error}"),
        };
        let probes =
            if tenant.state.is_up() { health::probe(&self.0, &tenant).await } else { Vec::new() };
        let mut tx = self.0.store.read().await?;
        let storage = storage::find(&mut tx, organisation.id, tenant.id).await?;
        let view = self.view(tenant, organisation.name.as_str(), storage);
        Ok(TenantView { container: Some(container), probes, ..view })
    }

    /// What every tenant of the installation fills, as far as it was measured.
    pub async fn storage_metrics(&self) -> Result<Vec<StorageMetric>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let rows = storage::measurements(&mut tx).await?.rows;
        let metric = |row: storage::Measurement| StorageMetric {
            organisation: row.organisation,
            tenant: row.tenant,
            measured: row.measured,
            limit: row.limit,
        };
        Ok(rows.into_iter().map(metric).collect())
    }

    pub(super) fn view(
        &self,
        tenant: Tenant,
        organisation: &str,
        storage: Option<StorageUse>,
    ) -> TenantView {
        TenantView {
            storage: storage.map(|found| StorageView {
                age: found
                    .measured
                    .and_then(|(_, at)| self.0.clock.now().duration_since(at).try_into().ok()),
                found,
            }),
            url: self.0.settings.url(&tenant.host),
            revision: Revision::of(&tenant),
            organisation: organisation.to_owned(),
            container: None,
            probes: Vec::new(),
            operation: tenant.state.operation(),
            tenant,
        }
    }
}

type Asked = (Filter, Order, Page<Place>);
/// What organisations are called.
type Names = BTreeMap<OrganisationId, OrganisationName>;

fn read(filter: &TenantFilter, now: Timestamp) -> Result<Asked, EngineError> {
    let TenantFilter { state, stage, text, tag, owner, expiring, sort, after, limit } = filter;
    let mut problems = Problems::default();
    let in_state = state
        .as_ref()
        .and_then(|text| problems.one_of("state", text, &StateName::ALL, StateName::as_str));
    let stage =
        stage.as_ref().and_then(|text| problems.one_of("stage", text, &Stage::ALL, Stage::as_str));
    let tag = tag.as_ref().and_then(|text| problems.check("tag", text.parse()));
    let owner = owner.as_ref().and_then(|text| problems.check("owner", text.parse()));
    let expiring = expiring.as_ref();
    let expiring = expiring.and_then(|text| problems.check("expiring", notes::moment(text, now)));
    let order = match sort {
        Some(text) => problems.one_of("sort", text, &Order::ALL, Order::as_str),
        None => Some(Order::default()),
    };
    // Where a page begins means nothing in an order that there is not.
    let after = order.zip(after.as_ref());
    let after = after.and_then(|(order, text)| problems.check("after", place(order, text)));
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        problems.add("limit", format!("a page has 1 to {LONGEST_PAGE} tenants"));
    }
    match order {
        Some(order) if problems.is_empty() => {
            let text = text.clone();
            let filter = Filter { state: in_state, stage, text, tag, owner, expiring };
            Ok((filter, order, Page { after, limit }))
        }
        _ => Err(EngineError::Invalid(problems)),
    }
}

/// What asks for the page behind a place: in the order of names a name, else what the last tenant is
/// sorted by as well.
fn behind(Place { key, name }: &Place) -> String {
    key.map_or_else(|| name.clone(), |key| format!("{key}:{name}"))
}

/// Reads what [`behind`] writes.
fn place(order: Order, text: &str) -> Result<Place, String> {
    // Not only names of tenants: a page may end on a row that cannot be read.
    let place = match order.by {
        SortKey::Name => name(text).ok().map(|name| Place { key: None, name }),
        _ => text.split_once(':').and_then(|(key, text)| {
            Some(Place { key: Some(key.parse().ok()?), name: name(text).ok()? })
        }),
    };
    place.ok_or_else(|| {
        format!("`{}` is not the `next` of a list in the order `{}`", shown(text), order.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(sort: &str, after: &str) -> Result<Asked, String> {
        let (sort, after) = (Some(sort.to_owned()), Some(after.to_owned()));
        let filter = TenantFilter { sort, after, ..TenantFilter::default() };
        read(&filter, Timestamp::UNIX_EPOCH).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_page_ends_with_is_what_the_next_one_begins_with() {
        // A name of a newer version, too, which no tenant of this one could have.
        for name in ["acme", "Acme: \u{fc}ber_all"] {
            for (order, key) in [("-name", None), ("created", Some(0)), ("storage", Some(-1))] {
                let place = Place { key, name: name.to_owned() };

                let (_, read, page) = asked(order, &behind(&place)).unwrap();

                assert_eq!((read.as_str(), page.after), (order, Some(place)));
            }
        }
    }

    #[test]
    fn what_is_no_place_of_the_order_is_refused() {
        for (order, after) in [
            ("name", "a\0"),
            ("name", ""),
            ("created", "acme"),
            ("created", "7:"),
            ("created", ":acme"),
            ("created", "7:Acme' OR '1\n"),
            ("expires", "99999999999999999999:acme"),
            ("-storage", "\u{1b}[2J:acme"),
        ] {
            let refused = asked(order, after).unwrap_err();
            assert!(refused.starts_with("after: ") && !refused.contains('\u{1b}'), "{refused}");
        }
        let refused = asked("size", "whatever").unwrap_err();
        assert!(refused.contains("-storage") && !refused.contains("after"), "{refused}");
    }
}
