//! Making a copy harmless with the Odoo that will run it: no mail goes out, no job runs, no payment is
//! taken (`odoo neutralize`, 16 and later).
//!
//! # Invariants
//!
//! * It has happened when the database says so, not when the program ended well.

use std::time::Duration;

use berth_odoo::neutralize;
use berth_runtime::{LogLine, WorkloadName};
use berth_store::secrets::SecretName;

use super::modules::{attachment, limits};
use super::{container, database, image};
use crate::operation::{Context, Needs, StepError};
use crate::sagas::import::ImportInput;

pub(crate) const JOB: &str = "neutralize";
/// How long it may take.
const DEADLINE: Duration = Duration::from_secs(1700);
/// Lines that are kept for whoever asks why it failed.
const KEPT: usize = 40;

/// Neutralises the database, if that was asked for. Read back.
pub(crate) async fn ensure(context: &Context) -> Result<(), StepError> {
    if !ImportInput::of(context)?.neutralize {
        return Ok(());
    }
    let tenant = context.tenant().await?;
    let object = context.object();
    let capabilities =
        image::capabilities(context, &tenant.image.reference, &tenant.image.digest).await?;
    let cluster = context.cluster_of(&tenant).await?;
    let mut spec =
        container::base(context, &capabilities, &cluster, (&object, &tenant.image.digest))?;
    spec.name = WorkloadName::job(&object, JOB);
    spec.labels = context.labels();
    // A module whose files are missing is passed over, and what it connects to stays connected.
    spec.mounts.extend(container::addons(&tenant)?);
    spec.command = neutralize::argv(container::CONF, &object, &capabilities);
    spec.limits = Some(limits());
    spec.attachment = attachment(context, &cluster).await?;
    let mut said = Vec::new();
    let mut watch = |line: LogLine| {
        context.reporter.log(&line.text);
        if said.len() == KEPT {
            said.remove(0);
        }
        said.push(line.text);
    };
    let password = database::secret_of(context, tenant.id, SecretName::DbPassword).await?;
    let mut database = cluster.server.open(&object, &password).await?;
    let forgotten = database.apply(&[neutralize::forget()]).await;
    database.close().await;
    forgotten?;
    let exit = context.runtime.workloads.run(&spec, DEADLINE, &mut watch).await?;
    let mut database = cluster.server.open(&object, &password).await?;
    let rows = database.rows(&neutralize::statement()).await;
    database.close().await;
    if exit.code == 0 && neutralize::is_neutral(&rows?) {
        return Ok(());
    }
    let why = format!("Odoo could not neutralize the copy (it ended with {})", exit.code);
    Err(StepError::fail(why).needing(Needs::BOTH).with_detail(said.join("\n")))
}

/// Removes what one that was cut off left behind.
pub(crate) async fn remove(context: &Context) -> Result<(), StepError> {
    let name = WorkloadName::job(&context.object(), JOB);
    Ok(context.runtime.workloads.remove(&name).await?)
}
