//! `/organisations/{org}/tenants/{name}`: one tenant, on pages of its own.
//!
//! # Invariants
//!
//! * What is shown was observed before, and how old it is stands beside it. Only the page of the log and
//!   that on which it is put right ask the container engine, after their first bytes were sent. The form
//!   that runs something in it asks before, to say whether it can, and waits for its end after.

mod activity;
mod backup;
mod containers;
mod deeds;
mod frame;
mod harmless;
mod health;
mod logs;
mod modules;
mod overview;
mod password;
mod reconcile;
mod settings;
mod setup;
mod shell;
#[cfg(test)]
mod tests;
mod trouble;

pub(super) use settings::Typed as TypedSettings;
pub(super) use shell::Typed as TypedScript;

use axum::routing::{get, post};
use berth_domain::access::Right::{Export, Logs, Operate, Read, Secrets};

use crate::routes::{Needs, Route};

/// `{org}` and `{name}` of a path.
type TenantPath = (String, String);

pub(super) fn routes() -> Vec<Route> {
    const ONE: &str = "/organisations/{org}/tenants/{name}";
    const HEALTH: &str = "/organisations/{org}/tenants/{name}/health";
    const PASSWORD: &str = "/organisations/{org}/tenants/{name}/password";
    const NEW_PASSWORD: &str = "/organisations/{org}/tenants/{name}/password/new";
    const LOGS: &str = "/organisations/{org}/tenants/{name}/logs";
    const LIVE: &str = "/organisations/{org}/tenants/{name}/logs/live";
    const FILE: &str = "/organisations/{org}/tenants/{name}/logs/file";
    const SETTINGS: &str = "/organisations/{org}/tenants/{name}/settings";
    const MODULES: &str = "/organisations/{org}/tenants/{name}/modules";
    const BACKUP: &str = "/organisations/{org}/tenants/{name}/backup";
    const BACKUP_FILE: &str = "/organisations/{org}/tenants/{name}/backup/file";
    const SHELL: &str = "/organisations/{org}/tenants/{name}/shell";
    const RECONCILE: &str = "/organisations/{org}/tenants/{name}/reconcile";
    let mut routes = vec![
        Route::page("GET", ONE, Read, get(overview::show), "tenant_page"),
        Route::page("GET", HEALTH, Read, get(overview::health), "tenant_health_part"),
        // What it answers holds a password, and is not kept for whoever asks again.
        Route::page("POST", PASSWORD, Secrets, post(password::show), "tenant_password_form")
            .repeats(),
        // What Odoo's database takes is in no transaction of ours, and is not to be set twice.
        Route::page(
            "POST",
            NEW_PASSWORD,
            Secrets,
            post(password::send),
            "tenant_new_password_form",
        )
        .once_unkept(),
        Route::page("GET", LOGS, Logs, get(logs::show), "tenant_logs_page"),
        Route::page("GET", LIVE, Logs, get(logs::live), "tenant_logs_stream"),
        Route::page("GET", FILE, Logs, get(logs::file), "tenant_logs_file"),
        Route::page("GET", SETTINGS, Operate, get(settings::show), "tenant_settings_page"),
        Route::page("POST", SETTINGS, Operate, post(settings::send), "tenant_settings_form"),
        Route::page("GET", MODULES, Read, get(modules::show), "tenant_modules_page"),
        Route::page("GET", BACKUP, Export, get(backup::show), "tenant_backup_page"),
        Route::page("GET", BACKUP_FILE, Export, get(backup::file), "tenant_backup_file"),
        Route::page("GET", SHELL, Needs::Command, get(shell::show), "tenant_shell_page"),
        // What it answers holds what is in the tenant, and is not kept for whoever asks again. But what
        // changes something is not to change it twice because a button was pressed twice.
        Route::page("POST", SHELL, Needs::Command, post(shell::send), "tenant_shell_form")
            .once_unkept(),
        Route::page("GET", RECONCILE, Operate, get(reconcile::show), "reconcile_page"),
        Route::page("POST", RECONCILE, Operate, post(reconcile::send), "reconcile_form").repeats(),
    ];
    routes.extend(modules::routes());
    routes
}
