//! What an import will do, and what is in the backup.

use std::collections::BTreeMap;

use berth_domain::Tenant;
use berth_odoo::probe::Capabilities;

use super::PlanView;
use crate::Settings;
use crate::operation::Step as _;
use crate::sagas::import::{ImportInput, ImportStep};
use crate::source::Source;
use crate::view::PlanAction;

/// What is imported, and how.
pub(crate) struct Import<'a> {
    pub(crate) source: &'a Source,
    pub(crate) input: &'a ImportInput,
    /// The name of the cluster that it will be on.
    pub(crate) cluster: &'a str,
}

/// Says all of it.
pub(crate) fn import(
    settings: &Settings,
    tenant: &Tenant,
    capabilities: &Capabilities,
    import: &Import<'_>,
) -> PlanView {
    let actions = ImportStep::ALL.iter().filter_map(|step| {
        let text = action(*step, tenant, capabilities, import)?;
        Some(PlanAction { step: step.label(), text })
    });
    PlanView {
        summary: format!("import tenant {}", tenant.name),
        actions: actions.collect(),
        settings: facts(settings, tenant, import),
    }
}

fn action(
    step: ImportStep,
    tenant: &Tenant,
    capabilities: &Capabilities,
    Import { source, input, cluster }: &Import<'_>,
) -> Option<String> {
    use crate::sagas::create::CreateStep as C;

    let like_a_creation = |step| super::create(step, tenant, capabilities, cluster, true);
    match step {
        ImportStep::Network => like_a_creation(C::Network),
        ImportStep::Database => Some(format!(
            "make {}role and database `{}` on cluster `{cluster}` and restore {} as that role; users keep their passwords, {}",
            if tenant.has_own_cluster() { "a PostgreSQL server of its own, " } else { "" },
            tenant.id.object_name(),
            source.dump,
            if input.is_copy(tenant.stage) { "the copy gets a UUID of its own" } else { "the UUID stays" },
        )),
        ImportStep::Files => Some(match source.files {
            0 => "write odoo.conf; the backup has no stored files".to_owned(),
            files => format!("unpack {files} stored files ({}) and write odoo.conf", source.filestore),
        }),
        ImportStep::Neutralize => input.neutralize.then(|| {
            format!(
                "neutralize the copy with its own Odoo, because it is {}: no mail, no jobs, no payments",
                if tenant.stage == berth_domain::Stage::Production { "asked for" } else { "no production" },
            )
        }),
        ImportStep::Container => like_a_creation(C::Container),
        ImportStep::Check => like_a_creation(C::Check),
        ImportStep::Publish => Some("open the route, and remove what was sent in".to_owned()),
    }
}

/// What the tenant will be, and what is in the backup.
fn facts(
    settings: &Settings,
    tenant: &Tenant,
    Import { source, input, .. }: &Import<'_>,
) -> BTreeMap<&'static str, String> {
    let unknown = || "not said; read after the restoration".to_owned();
    let manifest = source.manifest.as_ref();
    BTreeMap::from([
        ("backup", source.format().to_owned()),
        ("backup_database", source.dump.to_string()),
        ("backup_files", format!("{} ({})", source.files, source.filestore)),
        ("backup_modules", manifest.map_or_else(unknown, |found| found.modules.len().to_string())),
        ("backup_odoo", manifest.map_or_else(unknown, |found| shown(&found.version))),
        ("backup_postgresql", postgresql(source)),
        ("host", tenant.host.to_string()),
        ("image", tenant.image.reference.to_string()),
        ("neutralized", if input.neutralize { "yes" } else { "no" }.to_owned()),
        ("stage", tenant.stage.to_string()),
        ("url", settings.url(&tenant.host)),
        ("workers", tenant.limits.workers().to_string()),
    ])
}

fn postgresql(source: &Source) -> String {
    match (&source.manifest, source.server_major) {
        (_, Some(major)) => major.to_string(),
        (Some(manifest), None) => shown(&manifest.pg_version),
        (None, None) => "not said".to_owned(),
    }
}

/// What somebody else wrote, fit to be shown.
fn shown(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}
