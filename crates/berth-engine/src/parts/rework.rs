//! Changing the modules of a tenant that is there, with a container that runs to its end.
//!
//! # Invariants
//!
//! * What became of them is read back from `ir_module_module`: that Odoo ended with success proves nothing.
//! * It may be run again, also after a run that was cut off: what that left half-way is forgotten first.

use std::collections::BTreeMap;

use berth_domain::{ModuleName, Tenant};
use berth_odoo::catalogue::{self, Catalogue};
use berth_odoo::probe::Capabilities;
use berth_odoo::rework::{self, Rework, Run};
use berth_odoo::{Row, readback};
use berth_postgres::TenantDb;
use berth_runtime::{Attachment, WorkloadName, WorkloadSpec};
use berth_store::secrets::SecretName;

use super::cluster::Cluster;
use super::{container, database, image, modules, network};
use crate::operation::{Context, StepError};

pub(crate) const JOB: &str = "modules";

/// Installs, upgrades or uninstalls modules, and reads back that it did.
pub(crate) async fn run(
    context: &Context,
    rework: Rework,
    names: &[ModuleName],
) -> Result<(), StepError> {
    let cluster = context.tenants_cluster().await?;
    if cluster.managed.is_none() {
        network::ensure(context).await?;
    }
    let tenant = context.tenant().await?;
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let before = settled(context, &tenant, &cluster).await?;
    if rework == Rework::Uninstall {
        nothing_else_falls(context, (&tenant, &capabilities, &cluster), names).await?;
    }
    let spec = spec(context, (&tenant, &capabilities, &cluster), (rework, names)).await?;
    let output = modules::follow(context, &spec, words(rework)).await?;
    let mut database = open(context, &tenant, &cluster).await?;
    let rows = database.rows(&readback::modules()).await;
    database.close().await;
    let rows = rows?;
    if let Some(problem) = rework.problem(&rows, names) {
        let detail = output.failure().traceback.unwrap_or_default();
        return Err(StepError::fail(problem).with_detail(detail));
    }
    for line in differences(&before, &rows) {
        context.reporter.log(&line);
    }
    Ok(())
}

/// Removes what a run that was cut off left behind.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    let name = WorkloadName::job(&context.object(), JOB);
    Ok(context.runtime.workloads.remove(&name).await?)
}

/// Forgets what was begun before, and reads what there is then.
async fn settled(
    context: &Context,
    tenant: &Tenant,
    cluster: &Cluster,
) -> Result<Vec<Row>, StepError> {
    let mut database = open(context, tenant, cluster).await?;
    let forgotten = database.apply(&rework::forget_pending()).await;
    let rows = database.rows(&readback::modules()).await;
    database.close().await;
    forgotten?;
    Ok(rows?)
}

/// Odoo uninstalls whatever needs what it uninstalls. Only what somebody was told of is to go.
async fn nothing_else_falls(
    context: &Context,
    (tenant, capabilities, cluster): (&Tenant, &Capabilities, &Cluster),
    names: &[ModuleName],
) -> Result<(), StepError> {
    let mut database = open(context, tenant, cluster).await?;
    let needs = database.rows(&catalogue::needs_statement()).await;
    database.close().await;
    let others = Catalogue::read(&[], &needs?, capabilities).dependents(names);
    if others.is_empty() {
        return Ok(());
    }
    let others = rework::list(&others).replace(',', ", ");
    Err(StepError::fail(format!(
        "since this was asked for, modules were installed that would go with it: {others}"
    )))
}

async fn open(
    context: &Context,
    tenant: &Tenant,
    cluster: &Cluster,
) -> Result<TenantDb, StepError> {
    let password = database::secret_of(context, tenant.id, SecretName::DbPassword).await?;
    Ok(cluster.server.open(&context.object(), &password).await?)
}

async fn spec(
    context: &Context,
    (tenant, capabilities, cluster): (&Tenant, &Capabilities, &Cluster),
    (rework, names): (Rework, &[ModuleName]),
) -> Result<WorkloadSpec, StepError> {
    let object = context.object();
    let run =
        Run { conf: container::CONF, database: &object, modules: names, demo: tenant.odoo.demo };
    let mut spec =
        container::base(context, capabilities, cluster, (&object, &tenant.image.digest))?;
    spec.name = WorkloadName::job(&object, JOB);
    spec.labels = context.labels();
    spec.command = rework.argv(&run, capabilities);
    spec.environment.insert(rework::MODULES.to_owned(), rework::list(names));
    spec.mounts.extend(container::addons(tenant)?);
    spec.limits = Some(modules::limits());
    spec.attachment = match cluster.managed {
        Some(_) => Attachment::None,
        None => modules::attachment(context, cluster).await?,
    };
    Ok(spec)
}

const fn words(rework: Rework) -> (&'static str, &'static str) {
    match rework {
        Rework::Install => ("install", "installing"),
        Rework::Upgrade => ("upgrade", "upgrading"),
        Rework::Uninstall => ("uninstall", "loading"),
    }
}

/// What is different about modules, one line for each.
fn differences(before: &[Row], after: &[Row]) -> Vec<String> {
    let told = |rows: &[Row]| -> BTreeMap<String, String> {
        let one = |row: &Row| {
            let text = |index: usize| row.get(index).cloned().flatten();
            let version = text(2).map(|version| format!(" {version}")).unwrap_or_default();
            Some((text(0)?, format!("{}{version}", text(1)?)))
        };
        rows.iter().filter_map(one).collect()
    };
    let (before, after) = (told(before), told(after));
    let nothing = || "unknown".to_owned();
    let changed = after.iter().filter_map(|(name, now)| {
        let was = before.get(name);
        (was != Some(now))
            .then(|| format!("module {name}: {} -> {now}", was.cloned().unwrap_or_else(nothing)))
    });
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let gone = gone.map(|(name, was)| format!("module {name}: {was} -> gone"));
    // What Odoo only now knows of is no news.
    changed.filter(|line| !line.contains(": unknown -> un")).chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_modules_is_told() {
        let row = |name: &str, state: &str, version: Option<&str>| {
            vec![Some(name.to_owned()), Some(state.to_owned()), version.map(str::to_owned)]
        };
        let before = [
            row("base", "installed", Some("19.0.1.3")),
            row("crm", "installed", Some("19.0.1.8")),
            row("old", "uninstalled", None),
            row("stock", "uninstalled", None),
        ];
        let after = [
            row("base", "installed", Some("19.0.1.3")),
            row("crm", "installed", Some("19.0.1.9")),
            row("new", "uninstalled", None),
            row("stock", "installed", Some("19.0.1.1")),
        ];

        assert_eq!(
            differences(&before, &after),
            [
                "module crm: installed 19.0.1.8 -> installed 19.0.1.9",
                "module stock: uninstalled -> installed 19.0.1.1",
                "module old: uninstalled -> gone",
            ]
        );
    }
}
