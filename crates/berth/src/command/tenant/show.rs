//! `berth tenant show`

use berth_api::v1 as api;
use berth_domain::Bytes;

use super::{NameArgs, get};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::table;

pub(crate) async fn run(args: NameArgs, session: &Session<'_>) -> Result<Exit, Failure> {
    let tenant = get(session, &args.name).await?;
    if session.printer.is_json() {
        session.printer.json(&tenant)?;
    } else {
        session.printer.data(&text(&tenant))?;
    }
    Ok(Exit::Success)
}

fn text(tenant: &api::Tenant) -> String {
    let api::Odoo { modules, language, country, demo, company, admin_login, email, time_zone } =
        &tenant.odoo;
    let limits = &tenant.limits;
    let mut text = table::facts(&[
        ("tenant", Some(tenant.name.clone())),
        ("state", Some(state(tenant))),
        ("container", tenant.container.clone()),
        ("operation", tenant.operation.clone()),
        ("url", Some(tenant.url.clone())),
        ("stage", Some(tenant.stage.clone())),
        ("image", Some(format!("{} ({})", tenant.image.reference, short(&tenant.image.digest)))),
        ("modules", (!modules.is_empty()).then(|| modules.join(", "))),
        ("language", Some(language.clone())),
        ("country", country.clone()),
        ("demo data", Some(if *demo { "yes" } else { "no" }.to_owned())),
        ("company", Some(company.clone())),
        ("administrator", Some(admin_login.clone())),
        ("e-mail", email.clone()),
        ("time zone", Some(time_zone.clone())),
        ("cpu", Some(cores(limits.cpu_millis))),
        ("memory", Some(Bytes(limits.memory_bytes).to_string())),
        ("processes", Some(format!("at most {}", limits.pids))),
        ("storage", storage(tenant)),
        ("owner", tenant.owner.clone()),
        ("tags", (!tenant.tags.is_empty()).then(|| tenant.tags.join(", "))),
        ("expires", tenant.expires_at.map(table::time)),
        ("addons", tenant.addons.clone()),
        ("PostgreSQL", tenant.own_cluster.then(|| "a server of its own".to_owned())),
        ("id", Some(tenant.id.clone())),
        ("blueprint", tenant.blueprint.clone()),
        ("generation", Some(tenant.generation.to_string())),
        ("created", Some(format!("{} by {}", table::time(tenant.created_at), tenant.created_by))),
    ]);
    if let Some(notes) = &tenant.notes {
        text.push_str("\n\n");
        text.push_str(notes);
    }
    if !tenant.probes.is_empty() {
        let rows = tenant
            .probes
            .iter()
            .map(|probe| vec![probe.name.clone(), probe.status.clone(), probe.detail.clone()]);
        text.push_str("\n\n");
        text.push_str(&table::list(&["check", "status", "detail"], rows));
    }
    text
}

/// How much it fills of what it may, how old that is, and what is wrong with it.
fn storage(tenant: &api::Tenant) -> Option<String> {
    let most = tenant.limits.storage_bytes.map(|bytes| Bytes(bytes).to_string());
    let storage = tenant.storage.as_ref();
    let measured = storage.and_then(|it| {
        Some((it.used_bytes?, it.database_bytes?, it.files_bytes?, it.age_seconds?))
    });
    let mut text = match (measured, most) {
        (Some((used, database, files, age)), most) => {
            let used = Bytes(used);
            let used = most.map_or_else(|| used.to_string(), |most| format!("{used} of {most}"));
            let (database, files) = (Bytes(database), Bytes(files));
            let age = ago(age);
            format!("{used}, measured {age}: database {database}, files {files}")
        }
        (None, Some(most)) => format!("at most {most}, not measured yet"),
        (None, None) => storage.map(|_| "not measured yet".to_owned())?,
    };
    if let Some(problem) = storage.and_then(|it| it.problem.as_ref()) {
        text.push_str("; ");
        text.push_str(problem);
    }
    Some(text)
}

fn ago(seconds: u64) -> String {
    match seconds {
        0..60 => "just now".to_owned(),
        60..7200 => format!("{} min ago", seconds / 60),
        7200..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

fn cores(millis: u32) -> String {
    match millis {
        1000 => "1 core".to_owned(),
        millis => format!("{} cores", f64::from(millis) / 1000.0),
    }
}

fn state(tenant: &api::Tenant) -> String {
    let since = tenant.since.map(|since| format!(" since {}", table::time(since)));
    let until = tenant.until.map(|until| format!(", kept until {}", table::time(until)));
    format!("{}{}{}", tenant.state, since.unwrap_or_default(), until.unwrap_or_default())
}

/// The first twelve digits, as engines print them.
fn short(digest: &str) -> &str {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex.get(..12).unwrap_or(hex)
}
