//! What is in a restored database, and what becomes its own.

use berth_domain::{ModuleName, Tenant};
use berth_odoo::identity::{self, Newcomer};
use berth_odoo::readback;
use berth_odoo::schema::Schema;
use berth_postgres::TenantDb;

use crate::admission::{LACKING_HINT, addons_have, lacking, other_series, series_hint};
use crate::operation::{Context, StepError};
use crate::parts::{image, wishes};
use crate::sagas::import::ImportInput;
use crate::secret::secret;

/// Judges the database, makes it the tenant's own, and notes what it is.
pub(super) async fn adopt(
    context: &Context,
    input: &ImportInput,
    tenant: &Tenant,
    database: &mut TenantDb,
) -> Result<(), StepError> {
    let schema = Schema::parse(&database.rows(&Schema::statement()).await?);
    if !schema.is_odoo() {
        return Err(StepError::fail("the dump is of no Odoo database: it has no modules"));
    }
    let installed = judge(context, input, tenant, database).await?;
    let copy = input.is_copy(tenant.stage).then(|| identity::Copy {
        uuid: context.ids.uuid().to_string(),
        secret: secret(),
        created_at: context.clock.now(),
    });
    let newcomer = Newcomer { base_url: context.settings.url(&tenant.host), copy };
    database.apply(&identity::newcomer(&newcomer, &schema)).await?;
    let facts = identity::Facts::parse(&database.rows(&identity::facts()).await?);
    note(context, tenant, installed, &facts).await
}

/// Refuses a database of another Odoo, or with modules that the image lacks. Returns what is installed.
async fn judge(
    context: &Context,
    input: &ImportInput,
    tenant: &Tenant,
    database: &mut TenantDb,
) -> Result<Vec<String>, StepError> {
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let rows = database.rows(&readback::installed()).await?;
    let installed = readback::Installed::of(&rows);
    let Some(series) = &installed.series else {
        return Err(StepError::fail("the dump is of no finished Odoo: `base` is not installed"));
    };
    if let Some(problem) = other_series(series, &capabilities) {
        return Err(StepError::fail(format!("{problem}: {}", series_hint(series))));
    }
    let has = |module: &str| addons_have(tenant.addons.as_deref(), module);
    let missing = capabilities.lacks(installed.modules.iter().map(String::as_str), has);
    if missing.is_empty() {
        return Ok(installed.modules);
    }
    let problem = lacking(&missing);
    if !input.allow_missing_modules {
        return Err(StepError::fail(format!("{problem}: {LACKING_HINT}")));
    }
    context.reporter.log(&problem);
    Ok(installed.modules)
}

/// Notes what the tenant is, as far as Berth has words for it.
async fn note(
    context: &Context,
    tenant: &Tenant,
    installed: Vec<String>,
    facts: &identity::Facts,
) -> Result<(), StepError> {
    let mut found = tenant.clone();
    let odoo = &mut found.odoo;
    let mut modules: Vec<ModuleName> = installed
        .iter()
        .filter(|name| *name != "base")
        .filter_map(|name| name.parse().ok())
        .collect();
    modules.sort();
    odoo.modules = modules;
    keep(&mut odoo.admin_login, facts.admin_login.as_deref());
    keep(&mut odoo.language, facts.language.as_deref());
    keep(&mut odoo.time_zone, facts.time_zone.as_deref());
    keep(&mut odoo.company, facts.company.as_deref());
    if found == *tenant {
        return Ok(());
    }
    let mut tx = context.store.begin().await?;
    wishes::write(&mut tx, found).await?;
    tx.commit().await?;
    Ok(())
}

fn keep<T: std::str::FromStr>(value: &mut T, found: Option<&str>) {
    if let Some(found) = found.and_then(|text| text.parse().ok()) {
        *value = found;
    }
}
