//! What an image can do: found out once, by running it, and kept with its digest.

use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::{Bytes, Digest, Generation, ImageRef, Limits};
use berth_odoo::probe::{self, Capabilities, NotOdoo};
use berth_runtime::{
    Attachment, Exit, Labels, LogLine, Role, RuntimeError, UserIds, WorkloadName, WorkloadSpec,
};
use berth_store::images::{self, ImageRow};

use crate::engine::Inner;
use crate::operation::StepError;

/// How long an image may take to answer.
const DEADLINE: Duration = Duration::from_mins(2);
/// What it may use meanwhile.
const LIMITS: Limits = Limits { cpu_millis: 1000, memory: Bytes::mib(512), pids: 64 };

/// Returns what an image can do, asking it if nobody did before.
pub(crate) async fn capabilities(
    engine: &Inner,
    reference: &ImageRef,
    digest: &Digest,
) -> Result<Capabilities, StepError> {
    if let Some(known) = known(engine, digest).await? {
        return Ok(known);
    }
    let _one_at_a_time = engine.locks.lock(digest.as_str()).await;
    if let Some(known) = known(engine, digest).await? {
        return Ok(known);
    }
    let found = ask(engine, digest).await?;
    let row = ImageRow {
        digest: digest.clone(),
        reference: reference.clone(),
        capabilities: serde_json::to_value(&found).expect("plain data has a JSON form"),
        probed_at: engine.clock.now(),
    };
    let mut tx = engine.store.begin().await?;
    images::put(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(found)
}

/// Returns what an image can do, as far as it was asked already. `None`: nobody did.
pub(crate) async fn known(
    engine: &Inner,
    digest: &Digest,
) -> Result<Option<Capabilities>, StepError> {
    let mut tx = engine.store.read().await?;
    let row = images::get(&mut tx, digest).await?;
    // What an older version found out and this one cannot read is found out again.
    Ok(row.and_then(|row| serde_json::from_value(row.capabilities).ok()))
}

/// Tries the places where images keep their Python, until one of them has Odoo.
async fn ask(engine: &Inner, digest: &Digest) -> Result<Capabilities, StepError> {
    let mut why = NotOdoo { why: "it has no Python".to_owned() };
    for interpreter in probe::INTERPRETERS {
        let spec = spec(digest, probe::argv(interpreter), &engine.settings.home_id);
        let mut output = String::new();
        let mut gather = |line: LogLine| {
            output.push_str(&line.text);
            output.push('\n');
        };
        match engine.runtime.workloads.run(&spec, DEADLINE, &mut gather).await {
            Ok(Exit { code: 0, .. }) => {}
            // The program is not there: engines say so when they start it.
            Err(RuntimeError::Refused { .. }) | Ok(Exit { code: 126 | 127, .. }) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        match Capabilities::parse(&output) {
            Ok(found) => return Ok(found),
            Err(error) => why = error,
        }
    }
    Err(why.into())
}

fn spec(digest: &Digest, command: Vec<String>, home: &str) -> WorkloadSpec {
    WorkloadSpec {
        name: WorkloadName::probe(digest, home),
        role: Role::Job,
        labels: Labels::default(),
        generation: Generation(0),
        image: digest.clone(),
        command,
        environment: BTreeMap::new(),
        user: None,
        mounts: Vec::new(),
        attachment: Attachment::None,
        limits: Some(LIMITS),
        read_only_root: true,
        scratch: vec!["/tmp"],
        shared_memory: None,
        stop_grace: Duration::from_secs(1),
        stop_signal: None,
    }
}

/// As whom an image's Odoo runs.
pub(crate) const fn user(capabilities: &Capabilities) -> UserIds {
    UserIds { uid: capabilities.uid, gid: capabilities.gid }
}
