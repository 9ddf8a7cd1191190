//! Tenants to columns and back.

use std::path::PathBuf;

use berth_domain::lifecycle::Change;
use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Bytes, Details, Generation, Limits, ModuleName, OperationId, Tag, Tags, Tenant, TenantState,
};

use super::StateName;
use crate::StoreError;
use crate::arg::{
    Arg, integer, text, text_or_null, time, time_or_null, unsigned, unsigned_or_null,
};
use crate::record::Record;

/// Returns all columns but the network's number, in the order of the statement that inserts.
pub(super) fn columns(tenant: &Tenant) -> Vec<Arg> {
    let mut columns = vec![
        text(tenant.id),
        text(tenant.organisation),
        text(&tenant.name),
        text(&tenant.host),
        text(tenant.id.object_name()),
        text(tenant.stage),
    ];
    columns.extend(state_columns(&tenant.state));
    columns.push(unsigned(tenant.generation.0));
    columns.push(text(tenant.cluster));
    columns.extend(wish_columns(tenant));
    columns.push(unsigned_or_null(tenant.storage.map(|bytes| bytes.0)));
    columns.push(time(tenant.created_at));
    columns.push(text(&tenant.created_by));
    columns.extend(details_columns(&tenant.details));
    columns
}

/// Image, settings, limits, addons, blueprint.
pub(super) fn wish_columns(tenant: &Tenant) -> Vec<Arg> {
    let Image { reference, digest } = &tenant.image;
    let OdooSettings { modules, language, country, demo, company, admin_login, email, time_zone } =
        &tenant.odoo;
    let Limits { cpu_millis, memory, pids } = tenant.limits;
    vec![
        text(reference),
        text(digest),
        text(modules_to_json(modules)),
        text(language),
        text_or_null(country.as_ref()),
        integer(*demo),
        text(company),
        text(admin_login),
        text_or_null(email.as_ref()),
        text(time_zone),
        integer(cpu_millis),
        unsigned(memory.0),
        integer(pids),
        text_or_null(tenant.addons.as_ref().map(|path| path.to_string_lossy())),
        text_or_null(tenant.blueprint),
    ]
}

/// Notes, tags, owner, expiry.
pub(super) fn details_columns(details: &Details) -> [Arg; 4] {
    let Details { notes, tags, owner, expires_at } = details;
    let tags: Vec<&str> = tags.as_slice().iter().map(Tag::as_str).collect();
    [
        text_or_null(notes.as_ref()),
        text(serde_json::json!(tags)),
        text_or_null(owner.as_ref()),
        time_or_null(*expires_at),
    ]
}

/// State, operation, change, since, until, whether a broken one is suspended.
pub(super) fn state_columns(state: &TenantState) -> [Arg; 6] {
    let name = text(StateName::of(state).as_str());
    let (change, until) = match *state {
        TenantState::Changing { change, .. } => (Some(change_name(change)), None),
        TenantState::Deleted { until, .. } => (None, Some(until)),
        _ => (None, None),
    };
    let operation = match *state {
        TenantState::Broken { failed, .. } => Some(failed),
        _ => state.operation(),
    };
    [
        name,
        text_or_null(operation),
        text_or_null(change),
        time_or_null(state.since()),
        time_or_null(until),
        integer(matches!(state, TenantState::Broken { suspended: true, .. })),
    ]
}

pub(crate) fn read(record: &Record) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        id: record.parse("id")?,
        organisation: record.parse("organisation_id")?,
        name: record.parse("name")?,
        host: record.parse("host")?,
        stage: record.parse("stage")?,
        state: read_state(record)?,
        generation: Generation(record.unsigned("generation")?),
        cluster: record.parse("cluster_id")?,
        image: Image {
            reference: record.parse("image_reference")?,
            digest: record.parse("image_digest")?,
        },
        odoo: read_odoo(record)?,
        limits: Limits {
            cpu_millis: record.unsigned("cpu_millis")?,
            memory: Bytes(record.unsigned("memory")?),
            pids: record.unsigned("pids")?,
        },
        storage: record.unsigned_or_null("storage")?.map(Bytes),
        addons: record.text_or_null("addons")?.map(PathBuf::from),
        subnet: record.unsigned_or_null("subnet")?,
        blueprint: record.parse_or_null("blueprint_id")?,
        details: read_details(record)?,
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
    })
}

fn read_odoo(record: &Record) -> Result<OdooSettings, StoreError> {
    Ok(OdooSettings {
        modules: modules_from_json(record, "modules")?,
        language: record.parse("language")?,
        country: record.parse_or_null("country")?,
        demo: record.flag("demo")?,
        company: record.parse("company")?,
        admin_login: record.parse("admin_login")?,
        email: record.parse_or_null("email")?,
        time_zone: record.parse("time_zone")?,
    })
}

fn read_details(record: &Record) -> Result<Details, StoreError> {
    let tags: Vec<String> = record.json("tags")?;
    let tags = tags.iter().map(|tag| tag.parse().map_err(|_| record.unknown("tags", tag)));
    Ok(Details {
        notes: record.parse_or_null("notes")?,
        tags: Tags::new(tags.collect::<Result<_, _>>()?),
        owner: record.parse_or_null("owner")?,
        expires_at: record.time_or_null("expires_at")?,
    })
}

fn read_state(record: &Record) -> Result<TenantState, StoreError> {
    use StateName as N;
    use TenantState as S;

    let name: StateName = record.parse("state")?;
    let operation: Option<OperationId> = record.parse_or_null("operation_id")?;
    let change = record.text_or_null("change")?;
    let since = record.time_or_null("since")?;
    let until = record.time_or_null("until")?;
    Ok(match (name, operation, change, since, until) {
        (N::Provisioning, Some(operation), None, None, None) => S::Provisioning { operation },
        (N::Running, None, None, None, None) => S::Running,
        (N::OverLimit, None, None, Some(since), None) => S::OverLimit { since },
        (N::Drifted, None, None, Some(since), None) => S::Drifted { since },
        (N::Changing, Some(operation), Some(change), None, None) => {
            let known = Change::ALL.into_iter().find(|known| change_name(*known) == change);
            let change = known.ok_or_else(|| record.unknown("change", &change))?;
            S::Changing { operation, change }
        }
        (N::Stopped, None, None, Some(since), None) => S::Stopped { since },
        (N::Suspended, None, None, Some(since), None) => S::Suspended { since },
        (N::Archived, None, None, Some(since), None) => S::Archived { since },
        (N::Deleted, None, None, Some(since), Some(until)) => S::Deleted { since, until },
        (N::Broken, Some(failed), None, Some(since), None) => {
            S::Broken { since, failed, suspended: record.flag("suspended")? }
        }
        (N::Deleting, Some(operation), None, None, None) => S::Deleting { operation },
        _ => {
            return Err(record.inconsistent("the state and what it is about do not go together"));
        }
    })
}

const fn change_name(change: Change) -> &'static str {
    match change {
        Change::Start => "start",
        Change::Stop => "stop",
        Change::Restart => "restart",
        Change::Set => "set",
        Change::Rename => "rename",
        Change::Modules => "modules",
        Change::Suspend => "suspend",
        Change::Resume => "resume",
        Change::Archive => "archive",
        Change::Unarchive => "unarchive",
        Change::Delete => "delete",
        Change::Restore => "restore",
    }
}

pub(crate) fn modules_to_json(modules: &[ModuleName]) -> String {
    let names: Vec<&str> = modules.iter().map(ModuleName::as_str).collect();
    serde_json::json!(names).to_string()
}

pub(crate) fn modules_from_json(
    record: &Record,
    column: &'static str,
) -> Result<Vec<ModuleName>, StoreError> {
    let names: Vec<String> = record.json(column)?;
    names.iter().map(|name| name.parse().map_err(|_| record.unknown(column, name))).collect()
}
