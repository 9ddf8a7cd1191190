//! The modules of a tenant, as its database and its image know them.
//!
//! # Invariants
//!
//! * The database is read as the role that owns it. Nothing is changed, and no container is asked.

use std::time::Duration;

use berth_domain::{Actor, ModuleName, ModuleState, Problems, Tenant};
use berth_odoo::Row;
use berth_odoo::catalogue::{self, Catalogue, Known};
use berth_odoo::probe::Capabilities;
use berth_postgres::{PostgresError, TenantDb};
use berth_store::secrets::SecretName;
use tokio::time::timeout;

use super::{demand_database, find_tenant};
use crate::Engine;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::page;
use crate::parts::{database, image};
use crate::request::{ListModules, PageRequest};
use crate::view::{Listing, ModuleView, ModulesView};

/// How long a database may take to say which modules it has.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a list may be narrowed to beside one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Installed,
    NotInstalled,
    Outdated,
    State(ModuleState),
}

impl Wanted {
    /// `installed` is more than the state of that name: what is installed may be pending.
    fn all() -> Vec<Self> {
        let states = ModuleState::ALL.into_iter().filter(|state| *state != ModuleState::Installed);
        let named = [Self::Installed, Self::NotInstalled, Self::Outdated];
        named.into_iter().chain(states.map(Self::State)).collect()
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::NotInstalled => "not_installed",
            Self::Outdated => "outdated",
            Self::State(state) => state.as_str(),
        }
    }

    fn has(self, known: &Known) -> bool {
        match self {
            Self::Installed => known.state.is_there(),
            Self::NotInstalled => !known.state.is_there(),
            Self::Outdated => known.is_outdated(),
            Self::State(state) => known.state == state,
        }
    }
}

/// What is asked for, read.
struct Filter {
    wanted: Option<Wanted>,
    /// In lower case.
    text: Option<String>,
    after: Option<String>,
    limit: usize,
}

impl Filter {
    fn read(request: &ListModules) -> Result<Self, EngineError> {
        let ListModules { state, text, after, limit } = request;
        let mut problems = Problems::default();
        let wanted = state
            .as_ref()
            .and_then(|text| problems.one_of("state", text, &Wanted::all(), Wanted::as_str));
        let request = PageRequest { sort: None, after: after.clone(), limit: *limit };
        let part = page::part(&request, ["name", "-name"], page::name, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let limit = usize::try_from(part.page.limit).unwrap_or(usize::MAX);
        let text = text.as_ref().map(|text| text.trim().to_lowercase());
        Ok(Self { wanted, text, after: part.page.after, limit })
    }

    fn has(&self, known: &Known) -> bool {
        let Known { name, title, summary, .. } = known;
        let has_text = |text: &String| {
            [name.as_str(), title, summary].iter().any(|said| said.to_lowercase().contains(text))
        };
        self.wanted.is_none_or(|wanted| wanted.has(known))
            && self.text.as_ref().is_none_or(has_text)
    }
}

impl Engine {
    /// Lists the modules of a tenant by name, which may be stopped. While something is done to it, nobody
    /// looks into its database.
    pub async fn modules(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        request: &ListModules,
    ) -> Result<ModulesView, EngineError> {
        let filter = Filter::read(request)?;
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let (catalogue, _) = catalogue(&self.0, &tenant).await?;
        Ok(listed(tenant, catalogue, &filter))
    }

    /// The same for pages, which do not wait until an image was asked that nobody asked before.
    pub async fn known_modules(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        request: &ListModules,
    ) -> Result<ModulesView, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        demand_known_image(&self.0, &tenant).await?;
        self.modules(actor, org, name, request).await
    }
}

/// Fails unless it is known already what the image of a tenant has.
pub(super) async fn demand_known_image(engine: &Inner, tenant: &Tenant) -> Result<(), EngineError> {
    if image::known(engine, &tenant.image.digest).await?.is_some() {
        return Ok(());
    }
    let name = &tenant.name;
    Err(EngineError::Unavailable(format!(
        "what the image of {name} has is not known yet: `berth tenant modules {name}` finds it out"
    )))
}

fn listed(tenant: Tenant, catalogue: Catalogue, filter: &Filter) -> ModulesView {
    let all = catalogue.modules;
    let installed = all.values().filter(|known| known.state.is_there()).count();
    let outdated = all.values().filter(|known| known.is_outdated()).count();
    let matching: Vec<Known> = all.into_values().filter(|known| filter.has(known)).collect();
    let count = matching.len();
    let is_after = |known: &Known| {
        filter.after.as_ref().is_none_or(|after| known.name.as_str() > after.as_str())
    };
    let mut items: Vec<Known> = matching.into_iter().filter(is_after).collect();
    let has_more = items.len() > filter.limit;
    items.truncate(filter.limit);
    let next = items.last().filter(|_| has_more).map(|known| known.name.to_string());
    let items = items.into_iter().map(view).collect();
    ModulesView {
        tenant: tenant.name,
        listing: Listing { items, next },
        matching: count,
        installed,
        outdated,
    }
}

fn view(known: Known) -> ModuleView {
    let is_outdated = known.is_outdated();
    let Known { name, title, summary, author, state, installed, available, is_application } = known;
    ModuleView {
        name,
        title,
        summary,
        author,
        state,
        installed,
        available,
        is_outdated,
        is_application,
    }
}

/// What the database of a tenant and its image know of modules.
pub(super) async fn catalogue(
    engine: &Inner,
    tenant: &Tenant,
) -> Result<(Catalogue, Capabilities), EngineError> {
    demand_database(tenant)?;
    let image = &tenant.image;
    let capabilities = image::capabilities(engine, &image.reference, &image.digest).await?;
    let read = timeout(PATIENCE, read(engine, tenant)).await;
    let (modules, needs) = read.unwrap_or_else(|_| {
        let why = format!("its database did not say within {} s", PATIENCE.as_secs());
        Err(EngineError::Unavailable(why))
    })?;
    Ok((Catalogue::read(&modules, &needs, &capabilities), capabilities))
}

/// What the database says: whoever owns it can make that take as long as they like.
async fn read(engine: &Inner, tenant: &Tenant) -> Result<(Vec<Row>, Vec<Row>), EngineError> {
    let cluster = engine.cluster_of(tenant).await?;
    let password = database::secret_of(engine, tenant.id, SecretName::DbPassword).await?;
    let opened = cluster.server.open(&tenant.id.object_name(), &password).await;
    let mut database = opened.map_err(EngineError::Postgres)?;
    let rows = rows(&mut database).await;
    database.close().await;
    rows.map_err(EngineError::Postgres)
}

async fn rows(database: &mut TenantDb) -> Result<(Vec<Row>, Vec<Row>), PostgresError> {
    let modules = database.rows(&catalogue::statement()).await?;
    Ok((modules, database.rows(&catalogue::needs_statement()).await?))
}

/// Modules are told by their names.
pub(super) fn words(names: &[ModuleName]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
