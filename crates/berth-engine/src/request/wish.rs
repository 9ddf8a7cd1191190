//! Tenants as they are to be.

use std::path::PathBuf;

use super::{CreateTenant, NoteTenant};

/// Tenants as they are to be, to be held against those that there are.
#[derive(Debug, Clone, Default)]
pub struct CompareTenants {
    pub tenants: Vec<TenantWish>,
    /// The tag of tenants that are managed this way. A list of tags neither adds it nor takes it away.
    pub mark: Option<String>,
    /// Whether tenants that carry the mark and are not wished for are to go.
    pub prune: bool,
}

/// A tenant as it is to be. `None` leaves a thing as it is; of a tenant that is to be made it takes
/// the installation's default. Texts are as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantWish {
    pub name: String,
    pub host: Option<String>,
    pub stage: Option<String>,
    pub image: Option<String>,
    pub modules: Option<Vec<String>>,
    pub language: Option<String>,
    pub country: Option<String>,
    pub demo: Option<bool>,
    pub company: Option<String>,
    pub admin_login: Option<String>,
    pub email: Option<String>,
    pub time_zone: Option<String>,
    pub addons: Option<PathBuf>,
    /// Whether it has a PostgreSQL server for itself.
    pub own_cluster: Option<bool>,
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub pids: Option<u32>,
    /// `10GiB`, or `none`.
    pub storage: Option<String>,
    /// Empty: nobody.
    pub owner: Option<String>,
    /// All of them, but for the mark.
    pub tags: Option<Vec<String>>,
    /// Empty: none.
    pub notes: Option<String>,
    /// A day, a time, `never`, or a length of time that begins when the tenant is made.
    pub expires: Option<String>,
}

impl TenantWish {
    /// The request that makes it.
    #[must_use]
    pub fn create(&self, mark: Option<&str>) -> CreateTenant {
        let wish = self.clone();
        let mut tag = wish.tags.unwrap_or_default();
        tag.extend(mark.map(str::to_owned));
        CreateTenant {
            name: wish.name,
            host: wish.host,
            stage: wish.stage,
            image: wish.image,
            modules: wish.modules.unwrap_or_default(),
            language: wish.language,
            country: wish.country,
            demo: wish.demo.unwrap_or_default(),
            company: wish.company,
            admin_login: wish.admin_login,
            admin_password: None,
            email: wish.email,
            time_zone: wish.time_zone,
            cpu: wish.cpu,
            memory: wish.memory,
            pids: wish.pids,
            addons: wish.addons,
            own_cluster: wish.own_cluster.unwrap_or_default(),
            notes: NoteTenant {
                notes: wish.notes,
                tag,
                untag: Vec::new(),
                owner: wish.owner,
                expires: wish.expires,
                storage: wish.storage,
            },
        }
    }
}
