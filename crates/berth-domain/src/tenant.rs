//! One tenant, as Berth wants it to be.

use std::path::PathBuf;

use crate::{
    Actor, BlueprintId, Bytes, ClusterId, CompanyName, Country, Details, Digest, EmailAddress,
    Generation, HostName, ImageRef, Language, Limits, Login, ModuleName, OrganisationId, Stage,
    TenantId, TenantName, TenantState, TimeZoneName, Timestamp,
};

/// A tenant: identity, wishes and state. What *is* there is observed, never stored here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub organisation: OrganisationId,
    pub name: TenantName,
    /// Under which it is reached at the edge. Unique per installation.
    pub host: HostName,
    pub stage: Stage,
    pub state: TenantState,
    /// Rises with every change of what the tenant should be.
    pub generation: Generation,
    pub cluster: ClusterId,
    pub image: Image,
    pub odoo: OdooSettings,
    pub limits: Limits,
    /// How large database and files may be together. `None`: as large as the host allows.
    pub storage: Option<Bytes>,
    /// A folder of the host that is mounted read-only over the image's extra addons. Development
    /// tenants only.
    pub addons: Option<PathBuf>,
    /// The number of its network in the pool. `None` until one was reserved.
    pub subnet: Option<u32>,
    /// What it was cloned from. `None` until that is decided, or when it was imported.
    pub blueprint: Option<BlueprintId>,
    pub details: Details,
    pub created_at: Timestamp,
    pub created_by: Actor,
}

impl Tenant {
    /// Whether its database is on a PostgreSQL server that no other tenant has a database on.
    #[must_use]
    pub fn has_own_cluster(&self) -> bool {
        self.cluster == ClusterId::of(self.id)
    }
}

/// The image a tenant runs: what was asked for, and what that meant on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub reference: ImageRef,
    pub digest: Digest,
}

/// What the tenant's Odoo is set up as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OdooSettings {
    /// Installed beside `base`, sorted, without repetition.
    pub modules: Vec<ModuleName>,
    pub language: Language,
    /// `None` leaves the company's country open.
    pub country: Option<Country>,
    pub demo: bool,
    pub company: CompanyName,
    pub admin_login: Login,
    /// Of the administrator and the company. `None` keeps Odoo's own.
    pub email: Option<EmailAddress>,
    pub time_zone: TimeZoneName,
}
