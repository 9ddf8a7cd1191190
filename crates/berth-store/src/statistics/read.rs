//! Samples as they were kept.

use berth_domain::statistics::{Requests, Sample, Step};
use berth_domain::{Bytes, OrganisationId, TenantId, Timestamp};

use super::{SOURCE, moments};
use crate::arg::{integer, text, time};
use crate::record::Record;
use crate::{Listed, StoreError, Tx};

/// Lists the samples of a tenant from some time on, the oldest first.
pub async fn of_tenant(
    tx: &mut Tx,
    (organisation, tenant): (OrganisationId, TenantId),
    step: Step,
    from: Timestamp,
) -> Result<Listed<Sample>, StoreError> {
    let sql = moments!(
        "$2",
        "SELECT s.tenant_id, s.at, s.seconds, s.cpu_millis, s.memory, s.database_bytes, s.requests,
                s.refused, s.failed, s.times
         FROM moment
         CROSS JOIN tenant_sample s
         WHERE s.step = $1
           AND s.at = moment.at
           AND s.tenant_id = $4
           AND EXISTS (SELECT 1 FROM tenant t WHERE t.id = $4 AND t.organisation_id = $3)
         ORDER BY s.at"
    );
    let args = vec![integer(step.seconds()), time(from), text(organisation), text(tenant)];
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}

/// Until when samples were merged into those of a step. `None`: never.
pub async fn merged_until(tx: &mut Tx, step: Step) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MAX(at) AS at
               FROM tenant_sample
               WHERE step = $1";
    let found = tx.first(SOURCE, sql, vec![integer(step.seconds())]).await?;
    let newest = found.as_ref().map(|record| record.time_or_null("at")).transpose()?.flatten();
    Ok(newest.map(|at| step.end(at)))
}

/// When the first sample of a step was taken, from some time on.
pub async fn unmerged(
    tx: &mut Tx,
    step: Step,
    from: Option<Timestamp>,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MIN(at) AS at
               FROM tenant_sample
               WHERE step = $1
                 AND at >= $2";
    let from = from.unwrap_or(Timestamp::UNIX_EPOCH);
    let found = tx.first(SOURCE, sql, vec![integer(step.seconds()), time(from)]).await?;
    found.as_ref().map(|record| record.time_or_null("at")).transpose().map(Option::flatten)
}

/// Lists the samples that all tenants have between two times, by tenant and time.
pub async fn between(
    tx: &mut Tx,
    step: Step,
    (from, until): (Timestamp, Timestamp),
) -> Result<Listed<(TenantId, Sample)>, StoreError> {
    let sql =
        "SELECT tenant_id, at, seconds, cpu_millis, memory, database_bytes, requests, refused,
                      failed, times
               FROM tenant_sample
               WHERE step = $1
                 AND at >= $2
                 AND at < $3
               ORDER BY tenant_id, at";
    let args = vec![integer(step.seconds()), time(from), time(until)];
    let read = |record: &Record| Ok((record.parse("tenant_id")?, read(record)?));
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}

fn read(record: &Record) -> Result<Sample, StoreError> {
    Ok(Sample {
        at: record.time("at")?,
        seconds: record.unsigned("seconds")?,
        cpu_millis: record.unsigned_or_null("cpu_millis")?,
        memory: record.unsigned_or_null("memory")?.map(Bytes),
        database: record.unsigned_or_null("database_bytes")?.map(Bytes),
        requests: Requests {
            all: record.unsigned("requests")?,
            refused: record.unsigned("refused")?,
            failed: record.unsigned("failed")?,
            times: record.parse("times")?,
        },
    })
}
