//! Holding tenants as they are to be against those that there are.
//!
//! # Invariants
//!
//! * Nothing is changed. What answers here is carried out by creating, setting and deleting, which
//!   check everything again.
//! * What is wrong with one wish hides nothing of the others.

mod difference;
mod field;
mod together;
mod wish;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use berth_domain::{
    Actor, HostName, OrganisationId, Problem, Problems, Tag, Tenant, TenantName, TenantState,
};
use berth_store::tenants as stored;

use self::difference::Differing;
use self::together::Taking;
use self::wish::Basis;
use super::{organisation, shown};
use crate::Engine;
use crate::admission::promised::Promised;
use crate::error::{EngineError, Kind};
use crate::request::{CompareTenants, TenantChange, TenantWish};
use crate::revision::Revision;
use crate::view::{DifferenceView, FieldDifference, Mending};

/// How many tenants may be compared at once.
const MOST: usize = 1000;

impl Engine {
    /// Says for each wish what would have to be done, and what stands in the way. With `prune`, also
    /// which tenants would go.
    pub async fn compare_tenants(
        &self,
        actor: &Actor,
        org: &str,
        request: &CompareTenants,
    ) -> Result<Vec<DifferenceView>, EngineError> {
        let mark = read_mark(request)?;
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?.id;
        drop(tx);
        let mut views = Vec::new();
        let (mut names, mut hosts) = (HashSet::new(), HashMap::new());
        let mut promised = Promised::default();
        for wish in &request.tenants {
            let there = self.find_wished(organisation, wish).await?;
            let (mut view, taking) = match there {
                Some(tenant) => self.compare(actor, org, (&tenant, wish), mark.as_ref()).await?,
                None => self.compare_nothing(actor, org, wish, mark.as_ref()).await?,
            };
            if !names.insert(&wish.name) {
                view.problems.add("name", format!("`{}` is wished for twice", shown(&wish.name)));
            } else if view.mending == Mending::Create
                && let Some(host) = self.host_of(wish)
                && let Some(other) = hosts.insert(host.clone(), &wish.name)
            {
                view.problems.add("host", format!("`{}` is to have `{host}` too", shown(other)));
            }
            if let (Some(taking), true) = (taking, view.problems.is_empty()) {
                self.take(&taking, &mut promised, &mut view.problems).await?;
            }
            views.push(view);
        }
        if let (Some(mark), true) = (&mark, request.prune) {
            views.extend(self.superfluous(actor, org, (organisation, mark), &names).await?);
        }
        Ok(views)
    }

    async fn find_wished(
        &self,
        organisation: OrganisationId,
        wish: &TenantWish,
    ) -> Result<Option<Tenant>, EngineError> {
        // A name of another shape is told what is wrong with it where tenants are made.
        let Ok(name) = wish.name.parse() else { return Ok(None) };
        let mut tx = self.0.store.read().await?;
        Ok(stored::find(&mut tx, organisation, &name).await?)
    }

    /// The host that a new tenant would have. `None`: nobody can read it.
    fn host_of(&self, wish: &TenantWish) -> Option<HostName> {
        if let Some(host) = &wish.host {
            return host.parse().ok();
        }
        let name: TenantName = wish.name.parse().ok()?;
        Some(HostName::of_tenant(&name, &self.0.settings.base_domain))
    }

    /// A wish for a tenant that there is not.
    async fn compare_nothing(
        &self,
        actor: &Actor,
        org: &str,
        wish: &TenantWish,
        mark: Option<&Tag>,
    ) -> Result<(DifferenceView, Option<Taking>), EngineError> {
        let create = wish.create(mark.map(Tag::as_str));
        let admitted = self.admitted(actor, org, &create).await;
        let (taking, problems) = match admitted {
            Ok((_, admitted)) => {
                (Some(Taking { then: admitted.tenant, now: None }), Problems::default())
            }
            Err(error) => (None, in_the_way(error)?),
        };
        // What cannot be read was said by the plan.
        let (now, mut unread) = (self.0.clock.now(), Problems::default());
        let wish = TenantWish { tags: Some(wish.tags.clone().unwrap_or_default()), ..wish.clone() };
        let wished = wish::read(&wish, Basis { made_at: now, kept: mark }, &mut unread);
        let fields = difference::between(&[], &wished);
        Ok((view((wish.name, None), Mending::Create, fields, problems), taking))
    }

    /// A wish for a tenant that there is.
    async fn compare(
        &self,
        actor: &Actor,
        org: &str,
        (tenant, wish): (&Tenant, &TenantWish),
        mark: Option<&Tag>,
    ) -> Result<(DifferenceView, Option<Taking>), EngineError> {
        let mut problems = Problems::default();
        let kept = mark.filter(|mark| tenant.details.tags.as_slice().contains(mark));
        let basis = Basis { made_at: tenant.created_at, kept };
        let addons = wish.addons.as_ref().map(|path| as_noted(path, tenant));
        let wish = TenantWish { addons, ..wish.clone() };
        let wished = wish::read(&wish, basis, &mut problems);
        let fields = difference::between(&wish::of(tenant), &wished);
        difference::obstacles(tenant, &fields, &mut problems);
        let set = difference::closing(&fields);
        if let (Some(set), false) = (&set, is_going(tenant))
            && let Err(error) = self.plan_set(actor, org, tenant.name.as_str(), set).await
        {
            problems.0.extend(in_the_way(error)?.0);
        }
        let taking = set.as_ref().map(|set| Taking::of(tenant, set, self.0.clock.now()));
        let mending = set.map_or(Mending::Nothing, |set| Mending::Set(Box::new(set)));
        Ok((view((wish.name, Some(Revision::of(tenant))), mending, fields, problems), taking))
    }

    /// Tenants that carry the mark and are not wished for.
    async fn superfluous(
        &self,
        actor: &Actor,
        org: &str,
        (organisation, mark): (OrganisationId, &Tag),
        wished: &HashSet<&String>,
    ) -> Result<Vec<DifferenceView>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let mut tenants = stored::all(&mut tx).await?.rows;
        drop(tx);
        tenants.retain(|tenant| {
            tenant.organisation == organisation && is_superfluous(tenant, mark, wished)
        });
        tenants.sort_by(|one, other| one.name.cmp(&other.name));
        let mut views = Vec::new();
        for tenant in tenants {
            let name = tenant.name.to_string();
            let problems = match self.plan_change(actor, org, &name, &TenantChange::Delete).await {
                Ok(_) => Problems::default(),
                Err(error) => in_the_way(error)?,
            };
            let named = (name, Some(Revision::of(&tenant)));
            views.push(view(named, Mending::Delete, Vec::new(), problems));
        }
        Ok(views)
    }
}

fn is_going(tenant: &Tenant) -> bool {
    matches!(tenant.state, TenantState::Deleted { .. } | TenantState::Deleting { .. })
}

/// Whether a tenant is managed by wishes, and none is for it. What is going already need not go.
fn is_superfluous(tenant: &Tenant, mark: &Tag, wished: &HashSet<&String>) -> bool {
    tenant.details.tags.as_slice().contains(mark)
        && !is_going(tenant)
        && !wished.iter().any(|name| name.as_str() == tenant.name.as_str())
}

fn read_mark(request: &CompareTenants) -> Result<Option<Tag>, EngineError> {
    let mut problems = Problems::default();
    let mark = request.mark.as_ref().and_then(|mark| problems.check("mark", mark.parse()));
    if request.prune && request.mark.is_none() {
        problems.add("prune", "without a mark nobody knows which tenants are meant");
    }
    if request.tenants.len() > MOST {
        problems.add("tenants", format!("at most {MOST} tenants are compared at once"));
    }
    if problems.is_empty() { Ok(mark) } else { Err(EngineError::Invalid(problems)) }
}

/// What a plan found to be in the way. An error is one that is about Berth, not about the wish.
fn in_the_way(error: EngineError) -> Result<Problems, EngineError> {
    let mut problems = match error {
        EngineError::Invalid(problems) => problems,
        error if matches!(error.kind(), Kind::Conflict | Kind::Forbidden) => {
            let (message, hint) = (error.to_string(), error.hint());
            Problems(vec![Problem { field: "name".to_owned(), message, hint }])
        }
        error => return Err(error),
    };
    in_the_words_of_wishes(&mut problems);
    Ok(problems)
}

/// The folder that a tenant has, if it is meant: that was noted by its own path when the tenant was
/// made. Nobody is told where any other path leads.
fn as_noted(path: &Path, tenant: &Tenant) -> PathBuf {
    let has = tenant.addons.as_ref();
    let meant = has.filter(|has| path.canonicalize().is_ok_and(|real| real == **has));
    meant.cloned().unwrap_or_else(|| path.to_owned())
}

fn in_the_words_of_wishes(problems: &mut Problems) {
    for problem in &mut problems.0 {
        problem.field = as_wished(&problem.field).to_owned();
    }
}

/// A field by the name that it has in a wish.
fn as_wished(field: &str) -> &str {
    match field {
        "tag" | "untag" => "tags",
        field => field.strip_prefix("limits.").unwrap_or(field),
    }
}

fn view(
    (tenant, revision): (String, Option<Revision>),
    mending: Mending,
    fields: Vec<Differing>,
    problems: Problems,
) -> DifferenceView {
    let fields = fields.into_iter().map(|Differing { field, before, after }| FieldDifference {
        field: field.as_str(),
        before,
        after,
    });
    DifferenceView { tenant, revision, mending, fields: fields.collect(), problems }
}
