//! Tenants.

use berth_api::v1 as api;
use berth_domain::{Bytes, Limits, TenantState, tenant::OdooSettings};
use berth_engine::logs::{Kept, Voice};
use berth_engine::view::{Credentials, LoginLink, ProbeView, StorageView, TenantPage, TenantView};
use secrecy::ExposeSecret as _;

pub(crate) fn tenants(page: TenantPage) -> api::List<api::Tenant> {
    api::List { items: page.tenants.into_iter().map(tenant).collect(), next: page.next }
}

pub(crate) fn tenant(view: TenantView) -> api::Tenant {
    let TenantView { tenant, revision, organisation, url, container, probes, operation, storage } =
        view;
    let own_cluster = tenant.has_own_cluster();
    let failed = match tenant.state {
        TenantState::Broken { failed, .. } => Some(failed),
        _ => None,
    };
    api::Tenant {
        id: tenant.id.to_string(),
        name: tenant.name.to_string(),
        organisation,
        host: tenant.host.to_string(),
        url,
        stage: tenant.stage.to_string(),
        state: tenant.state.to_string(),
        since: tenant.state.since(),
        until: match tenant.state {
            TenantState::Deleted { until, .. } => Some(until),
            _ => None,
        },
        operation: operation.or(failed).map(|id| id.to_string()),
        image: api::Image {
            reference: tenant.image.reference.to_string(),
            digest: tenant.image.digest.to_string(),
        },
        odoo: odoo(tenant.odoo),
        limits: limits(tenant.limits, tenant.storage),
        notes: tenant.details.notes.map(|notes| notes.to_string()),
        tags: tenant.details.tags.as_slice().iter().map(ToString::to_string).collect(),
        owner: tenant.details.owner.map(|owner| owner.to_string()),
        expires_at: tenant.details.expires_at,
        own_cluster,
        addons: tenant.addons.map(|path| path.display().to_string()),
        blueprint: tenant.blueprint.map(|id| id.to_string()),
        generation: tenant.generation.0,
        etag: revision.as_str().to_owned(),
        container,
        probes: probes.into_iter().map(probe).collect(),
        created_at: tenant.created_at,
        created_by: tenant.created_by.to_string(),
        storage: storage.map(used),
    }
}

fn used(view: StorageView) -> api::Storage {
    let StorageView { found, age } = view;
    let (measured, at) = found.measured.unzip();
    api::Storage {
        used_bytes: measured.map(|measured| measured.total().0),
        database_bytes: measured.map(|measured| measured.database.0),
        files_bytes: measured.map(|measured| measured.files.0),
        measured_at: at,
        age_seconds: age.map(|age| age.as_secs()),
        level: found.level.as_str().to_owned(),
        problem: found.problem,
    }
}

fn odoo(settings: OdooSettings) -> api::Odoo {
    api::Odoo {
        modules: settings.modules.iter().map(ToString::to_string).collect(),
        language: settings.language.to_string(),
        country: settings.country.map(|country| country.to_string()),
        demo: settings.demo,
        company: settings.company.to_string(),
        admin_login: settings.admin_login.to_string(),
        email: settings.email.map(|email| email.to_string()),
        time_zone: settings.time_zone.to_string(),
    }
}

fn limits(limits: Limits, storage: Option<Bytes>) -> api::Limits {
    api::Limits {
        cpu_millis: limits.cpu_millis,
        memory_bytes: limits.memory.0,
        pids: limits.pids,
        storage_bytes: storage.map(|bytes| bytes.0),
    }
}

fn probe(view: ProbeView) -> api::Probe {
    api::Probe { name: view.name.to_owned(), status: view.status.to_owned(), detail: view.detail }
}

pub(crate) fn login_link(link: &LoginLink) -> api::LoginLink {
    api::LoginLink { url: link.url.expose_secret().to_owned(), expires_at: link.expires_at }
}

pub(crate) fn credentials(credentials: &Credentials) -> api::Credentials {
    api::Credentials {
        url: credentials.url.clone(),
        login: credentials.login.clone(),
        password: credentials.password.expose_secret().to_owned(),
    }
}

pub(crate) fn log_line(line: Kept) -> api::LogLine {
    api::LogLine {
        at: Some(line.at),
        is_error: line.voice != Voice::Out,
        source: match line.voice {
            Voice::Out => "stdout",
            Voice::Error => "stderr",
            Voice::Berth => "berth",
        }
        .to_owned(),
        generation: (line.run.generation > 0).then_some(line.run.generation),
        text: line.text,
    }
}
