//! Modules of a tenant.

use berth_api::v1 as api;
use berth_engine::view::ModuleView;

pub(crate) fn module(view: ModuleView) -> api::TenantModule {
    let ModuleView { name, title, summary, author, state, .. } = view;
    api::TenantModule {
        name: name.to_string(),
        title,
        summary,
        author,
        state: state.to_string(),
        installed_version: view.installed,
        available_version: view.available,
        outdated: view.is_outdated,
        application: view.is_application,
    }
}
