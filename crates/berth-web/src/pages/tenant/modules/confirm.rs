//! `/organisations/{org}/tenants/{name}/modules/{deed}`: `GET` says what will happen to modules and asks,
//! `POST` begins it.
//!
//! # Invariants
//!
//! * Nothing is begun by looking. What will happen is the engine's own plan.
//! * What falls with a module is named, and has to be confirmed.

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::access::Right;
use berth_domain::operation::OperationKind;
use berth_engine::request::{ChangeModules, ModulesDeed, TenantChange};
use berth_engine::{EngineError, Kind};
use http::{StatusCode, Uri};
use serde::Deserialize;

use super::super::TenantPath;
use super::super::frame::base;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::action::{Refusal, of_query};
use crate::pages::form::Form;
use crate::pages::html::page_with;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::to_operation;
use crate::pages::words::{Status, capitalised};
use crate::routes::Route;

/// What can be done with modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deed(ModulesDeed);

/// Which modules, as forms and addresses say it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    module: Vec<String>,
    with_dependents: Option<String>,
}

/// What will happen, and the button that has it happen.
#[derive(Debug, Template)]
#[template(path = "modules_confirm.html")]
struct ConfirmPage {
    shell: Shell,
    tenant: String,
    status: Status,
    base: String,
    key: &'static str,
    /// `Install 2 modules in acme`: the heading, and the button.
    title: String,
    modules: Vec<String>,
    plan: Vec<String>,
    /// What goes with them, if that has to be confirmed.
    dependents: Option<String>,
    is_confirmed: bool,
    is_grave: bool,
    unaffected: &'static str,
    refusal: Option<Refusal>,
    said: Vec<String>,
}

/// The page of each deed.
pub(in crate::pages::tenant) fn routes() -> Vec<Route> {
    const INSTALL: &str = "/organisations/{org}/tenants/{name}/modules/install";
    const UPGRADE: &str = "/organisations/{org}/tenants/{name}/modules/upgrade";
    const UNINSTALL: &str = "/organisations/{org}/tenants/{name}/modules/uninstall";
    let table = [
        (INSTALL, "install_modules_page", "install_modules_form"),
        (UPGRADE, "upgrade_modules_page", "upgrade_modules_form"),
        (UNINSTALL, "uninstall_modules_page", "uninstall_modules_form"),
    ];
    let both = Deed::ALL.into_iter().zip(table).map(|(deed, (path, show_id, send_id))| {
        let asked = move |seat: Seat, at: At<TenantPath>, uri: Uri| show(deed, seat, at, uri);
        let sent =
            move |seat: Seat, at: At<TenantPath>, form: Form<Typed>| send(deed, seat, at, form);
        [
            Route::page("GET", path, deed.right(), get(asked), show_id),
            Route::page("POST", path, deed.right(), post(sent), send_id),
        ]
    });
    both.flatten().collect()
}

async fn show(
    deed: Deed,
    seat: Seat,
    At((org, name)): At<TenantPath>,
    uri: Uri,
) -> Result<Response, ApiError> {
    let typed = of_query(&uri)?;
    let (status, asked) = ConfirmPage::of(seat, (&org, &name), (deed, typed), Vec::new()).await?;
    page_with(status, &asked)
}

/// Begins it, or says why not where it was asked for.
async fn send(
    deed: Deed,
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let change = deed.change(&typed);
    let said = match engine.change_tenant(&seat.context.actor, &org, name.as_str(), &change).await {
        Ok(operation) => return Ok(to_operation(&org, &operation.id.to_string())),
        Err(EngineError::Invalid(problems)) => {
            problems.0.into_iter().map(|it| sentence(&it.message)).collect()
        }
        Err(error) if matches!(error.kind(), Kind::Conflict | Kind::Changed) => {
            vec![Refusal::of(&error).text]
        }
        Err(error) => return Err(error.into()),
    };
    let (status, asked) = ConfirmPage::of(seat, (&org, &name), (deed, typed), said).await?;
    // What was asked for was refused, whatever may be asked for now.
    let refused = if status.is_success() { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    page_with(refused, &asked)
}

impl ConfirmPage {
    /// What will happen to a tenant as it is now, or why nothing can.
    async fn of(
        seat: Seat,
        (org, name): (&str, &str),
        (deed, typed): (Deed, Typed),
        said: Vec<String>,
    ) -> Result<(StatusCode, Self), ApiError> {
        let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
        let view = engine.glance(&actor, org, name).await?;
        let (mut plan, mut dependents, mut refusal) = (Vec::new(), None, None);
        let status = match engine.outline_change(&actor, org, name, &deed.change(&typed)).await {
            Ok(planned) => {
                plan = planned.actions.into_iter().map(|it| capitalised(&it.text)).collect();
                dependents = planned.settings.get("dependents").cloned();
                StatusCode::OK
            }
            Err(error) if is_told(&error) => {
                let is_wrong = matches!(error, EngineError::Invalid(_));
                refusal = Some(Refusal::of(&error));
                if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }
            }
            Err(error) => return Err(error.into()),
        };
        let overview = engine.overview(&actor, org).await?;
        let title = deed.title(typed.module.len(), name);
        let asked = Self {
            shell: seat.shell(&overview, (Nav::Fleet, title.clone())).await?,
            tenant: name.to_owned(),
            status: Status::of_tenant(&view.tenant.state),
            base: base(org, name),
            key: deed.key(),
            title,
            is_confirmed: typed.with_dependents.is_some(),
            modules: typed.module,
            plan,
            dependents,
            is_grave: deed.is_grave(),
            unaffected: deed.unaffected(),
            // What was said of the form says it already.
            refusal: refusal.filter(|_| said.is_empty()),
            said,
        };
        Ok((status, asked))
    }
}

/// Whether a failure is told on the page that asked.
fn is_told(error: &EngineError) -> bool {
    matches!(error, EngineError::Unavailable(_))
        || matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Forbidden)
}

fn sentence(text: &str) -> String {
    format!("{}.", capitalised(text))
}

impl Deed {
    pub(super) const ALL: [Self; 3] =
        [Self(ModulesDeed::Install), Self(ModulesDeed::Upgrade), Self(ModulesDeed::Uninstall)];

    const fn kind(self) -> OperationKind {
        match self.0 {
            ModulesDeed::Install => OperationKind::TenantInstallModules,
            ModulesDeed::Upgrade => OperationKind::TenantUpgradeModules,
            ModulesDeed::Uninstall => OperationKind::TenantUninstallModules,
        }
    }

    pub(super) const fn right(self) -> Right {
        Right::of_operation(self.kind())
    }

    pub(super) fn may(self, seat: &Seat) -> bool {
        seat.may(self.right())
    }

    /// Whether it is done with modules that are installed.
    pub(super) const fn takes_installed(self) -> bool {
        !matches!(self.0, ModulesDeed::Install)
    }

    pub(super) const fn key(self) -> &'static str {
        match self.0 {
            ModulesDeed::Install => "install",
            ModulesDeed::Upgrade => "upgrade",
            ModulesDeed::Uninstall => "uninstall",
        }
    }

    pub(super) const fn verb(self) -> &'static str {
        match self.0 {
            ModulesDeed::Install => "Install",
            ModulesDeed::Upgrade => "Upgrade",
            ModulesDeed::Uninstall => "Uninstall",
        }
    }

    pub(super) const fn icon(self) -> &'static str {
        match self.0 {
            ModulesDeed::Install => "plus",
            ModulesDeed::Upgrade => "updown",
            ModulesDeed::Uninstall => "trash",
        }
    }

    const fn is_grave(self) -> bool {
        matches!(self.0, ModulesDeed::Uninstall)
    }

    const fn unaffected(self) -> &'static str {
        match self.0 {
            ModulesDeed::Install | ModulesDeed::Upgrade => {
                "What people wrote stays. If anything fails, the tenant is what it was before."
            }
            ModulesDeed::Uninstall => {
                "The data of other modules stay. If anything fails, the tenant is what it was before; once \
                 it is done, what the modules kept is gone."
            }
        }
    }

    fn title(self, count: usize, tenant: &str) -> String {
        let of = match self.0 {
            ModulesDeed::Install => "in",
            ModulesDeed::Upgrade | ModulesDeed::Uninstall => "of",
        };
        let modules = if count == 1 { "module" } else { "modules" };
        format!("{} {count} {modules} {of} {tenant}", self.verb())
    }

    fn change(self, typed: &Typed) -> TenantChange {
        TenantChange::Modules(ChangeModules {
            deed: self.0,
            modules: typed.module.clone(),
            with_dependents: typed.with_dependents.is_some(),
        })
    }
}
