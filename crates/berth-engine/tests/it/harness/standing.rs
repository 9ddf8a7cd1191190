//! How a tenant stands while nothing is being done to it: what it has, and how to get it there.

use std::cell::RefCell;
use std::collections::BTreeMap;

use berth_domain::{ObjectName, Tenant, TenantState};
use berth_engine::request::{AdoptOrphan, CreateTenant, TenantChange};
use berth_engine::{Engine, EngineError};
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::secrets::{self, SecretName};
use berth_store::tenants;

use super::site::Site;

/// A state that an operation begins or ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is no such tenant.
    Absent,
    /// Its row is gone, and its database, role and folder are there.
    Orphaned,
    Running,
    Stopped,
    Suspended,
    Archived,
    Deleted,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    Must,
    May,
    MustNot,
}

/// What a tenant in some state has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Belongings {
    pub(super) container: Has,
    /// Whether its container runs.
    pub(super) runs: Has,
    pub(super) network: Has,
    pub(super) database: Has,
    /// A role that may sign in.
    pub(super) role: Has,
    /// Whether the database lets anybody in.
    pub(super) connects: Has,
    pub(super) folder: Has,
    /// Whether visitors get through.
    pub(super) open: Has,
}

impl Standing {
    /// `None`: something is being done to it, or somebody has to.
    pub(super) fn of(tenant: Option<&Tenant>) -> Option<Self> {
        let Some(tenant) = tenant else { return Some(Self::Absent) };
        match tenant.state {
            TenantState::Running | TenantState::OverLimit { .. } => Some(Self::Running),
            TenantState::Stopped { .. } => Some(Self::Stopped),
            TenantState::Suspended { .. } => Some(Self::Suspended),
            TenantState::Archived { .. } => Some(Self::Archived),
            TenantState::Deleted { .. } => Some(Self::Deleted),
            TenantState::Drifted { .. }
            | TenantState::Provisioning { .. }
            | TenantState::Changing { .. }
            | TenantState::Broken { .. }
            | TenantState::Deleting { .. } => None,
        }
    }

    /// What to ask for next to get a tenant from `now` to here. `None`: it is here.
    pub(super) fn way(self, now: Self) -> Option<TenantChange> {
        use TenantChange as C;

        if now == self {
            return None;
        }
        Some(match (now, self) {
            (_, Self::Absent | Self::Orphaned) => C::Purge,
            (Self::Running, Self::Stopped) => C::Stop,
            (Self::Running | Self::Stopped, Self::Suspended) => C::Suspend,
            (Self::Running | Self::Stopped | Self::Suspended, Self::Archived) => C::Archive,
            (Self::Deleted, _) => C::RestoreDeleted,
            (_, Self::Deleted) => C::Delete,
            // From everywhere else by way of running.
            (Self::Stopped, _) => C::Start,
            (Self::Suspended, _) => C::Resume,
            (Self::Archived, _) => C::Unarchive,
            (Self::Running | Self::Absent | Self::Orphaned, _) => {
                panic!("no way from {now:?} to {self:?}")
            }
        })
    }
}

/// What a tenant in this state has. Everything while somebody has to look after it.
pub(super) const fn belongings(state: &TenantState) -> Belongings {
    use Has::{May, Must, MustNot};

    let everything = Belongings {
        container: Must,
        runs: Must,
        network: Must,
        database: Must,
        role: Must,
        connects: Must,
        folder: Must,
        open: Must,
    };
    let anything = Belongings {
        container: May,
        runs: May,
        network: May,
        database: May,
        role: May,
        connects: May,
        folder: May,
        open: May,
    };
    match state {
        TenantState::Running | TenantState::OverLimit { .. } => everything,
        TenantState::Stopped { .. } | TenantState::Suspended { .. } => {
            Belongings { container: May, runs: MustNot, network: May, open: MustNot, ..everything }
        }
        TenantState::Archived { .. } | TenantState::Deleted { .. } => Belongings {
            container: MustNot,
            runs: MustNot,
            network: MustNot,
            role: MustNot,
            connects: MustNot,
            open: MustNot,
            ..everything
        },
        TenantState::Drifted { .. } | TenantState::Broken { .. } => {
            Belongings { open: MustNot, ..anything }
        }
        TenantState::Provisioning { .. }
        | TenantState::Changing { .. }
        | TenantState::Deleting { .. } => anything,
    }
}

pub(super) async fn create(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let request = CreateTenant { name: name.to_owned(), ..CreateTenant::default() };
    let begun = engine.create_tenant(&ACTOR, ORG, &request).await?;
    Ok(begun.id.to_string())
}

pub(super) async fn change(
    engine: &Engine,
    name: &str,
    change: &TenantChange,
) -> Result<String, EngineError> {
    let begun = engine.change_tenant(&ACTOR, ORG, name, change).await?;
    Ok(begun.id.to_string())
}

thread_local! {
    /// What is to be adopted under which name. Every test has a thread of its own.
    static LOST: RefCell<BTreeMap<String, ObjectName>> = const { RefCell::new(BTreeMap::new()) };
}

/// Takes the row of a tenant away, as an older copy of the control database would. It is adopted under
/// this name.
pub(super) fn lose_row(site: &Site, tenant: &Tenant, name: &str) {
    site.outside(async {
        let mut tx = site.store().begin().await.unwrap();
        assert!(tenants::delete(&mut tx, tenant.id).await.unwrap().is_updated());
        tx.commit().await.unwrap();
    });
    will_be_adopted(tenant, name);
}

pub(super) fn will_be_adopted(tenant: &Tenant, name: &str) {
    let object = tenant.id.object_name();
    LOST.with_borrow_mut(|lost| lost.insert(name.to_owned(), object));
}

/// Puts the row of an archived tenant back.
pub(super) fn put_row_back(site: &Site, tenant: &Tenant) {
    site.outside(async {
        let mut tx = site.store().begin().await.unwrap();
        tenants::insert(&mut tx, tenant).await.unwrap();
        for name in [SecretName::DbPassword, SecretName::MasterPassword, SecretName::AdminPassword]
        {
            let owner = tenant.id.to_string();
            secrets::put(&mut tx, &owner, name, &"another-one".into()).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
}

pub(super) async fn adopt(engine: &Engine, name: &str) -> Result<String, EngineError> {
    let object = LOST.with_borrow(|lost| lost.get(name).cloned()).expect("a row was lost");
    let orphan = format!("database/{object}");
    let request = AdoptOrphan { orphan, name: name.to_owned(), ..AdoptOrphan::default() };
    Ok(engine.adopt_orphan(&ACTOR, ORG, &request).await?.id.to_string())
}
