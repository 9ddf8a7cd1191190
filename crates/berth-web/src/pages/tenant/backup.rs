//! `/organisations/{org}/tenants/{name}/backup`: what can be taken away of a tenant, and taking it.
//!
//! # Invariants
//!
//! * Whether it can be taken now is asked of the engine before somebody begins.
//! * Nothing of a file is gathered here: it is packed while it is sent.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use berth_engine::request::ExportFormat;
use berth_engine::view::KnownTenant;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::TenantPath;
use super::frame::{Frame, Page};
use crate::api::tenants::export::archive;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::action::Refusal;
use crate::pages::gate::is_by_script;
use crate::pages::html::{page, page_with};
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{ago, size};

/// What the address of a file says.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    format: Packed,
}

/// How it is packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Packed {
    #[default]
    Zip,
    Custom,
    Folder,
}

/// One of the ways, for people.
#[derive(Debug)]
struct Way {
    value: &'static str,
    label: &'static str,
    text: &'static str,
    is_chosen: bool,
}

/// What can be taken away.
#[derive(Debug, Template)]
#[template(path = "tenant_backup.html", blocks = ["top"])]
struct BackupPage {
    shell: Shell,
    frame: Frame,
    ways: Vec<Way>,
    /// How much is read for it. `None`: it was never measured.
    measured: Option<String>,
    refusal: Option<Refusal>,
}

/// Says what is in a backup, or why there is none now.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, &org, &name).await?;
    let overview = engine.overview(&actor, &org).await?;
    let refusal = engine.may_export(&known.tenant.tenant).err().map(|it| Refusal::of(&it));
    let status = if refusal.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let shown = BackupPage {
        ways: ways(),
        measured: measured(&known, engine.now()),
        refusal,
        frame: Frame::of(&known.tenant, (&org, &seat), Page::Backup),
        shell: seat.shell(&overview, (Nav::Fleet, format!("Backup of {name}"))).await?,
    };
    if is_by_script(&headers) {
        return page(&shown.as_top());
    }
    page_with(status, &shown)
}

/// Packs it while it is sent.
pub(crate) async fn file(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(Wanted { format }): Asked<Wanted>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&context.engine, &context.actor);
    let export = match format {
        Packed::Zip => engine.export(actor, &org, &name, ExportFormat::Zip).await?,
        Packed::Custom => engine.export(actor, &org, &name, ExportFormat::Custom).await?,
        Packed::Folder => engine.eject(actor, &org, &name).await?,
    };
    archive(context, export)
}

fn ways() -> Vec<Way> {
    let way = |value, label, text| Way { value, label, text, is_chosen: value == "zip" };
    vec![
        way(
            "zip",
            "For Odoo",
            "The database as `dump.sql`, `manifest.json` and the filestore. Odoo restores it, and Berth \
             imports it",
        ),
        way(
            "custom",
            "For pg_restore",
            "The same with `database.dump` in PostgreSQL's own format. Smaller; Berth imports it",
        ),
        way(
            "folder",
            "To run it elsewhere",
            "A folder with `compose.yaml`, `odoo.conf`, the database and the filestore, in which it runs \
             without Berth",
        ),
    ]
}

/// `3.4 GiB: 1.2 GiB of database and 2.2 GiB of files, measured 3 min ago`.
fn measured(known: &KnownTenant, now: berth_domain::Timestamp) -> Option<String> {
    let (found, at) = known.tenant.storage.as_ref()?.found.measured?;
    let whole = berth_domain::Bytes(found.database.0 + found.files.0);
    let (whole, database, files) = (size(whole), size(found.database), size(found.files));
    Some(format!("{whole}: {database} of database and {files} of files, measured {}", ago(at, now)))
}
