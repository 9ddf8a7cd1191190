//! What tenants used as time went by.
//!
//! # Invariants
//!
//! * Nothing is written of a tenant that is gone, and nothing is left of one that goes.
//! * Samples of a round have the same time: what is read of one tenant are those times, one after the
//!   other, however many tenants there are.

mod fleet;
mod read;

use berth_domain::statistics::{Requests, Sample, Step};
use berth_domain::{Bytes, TenantId, Timestamp};
use serde_json::{Map, Value, json};

use crate::arg::{Arg, integer, text, text_or_null, time};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

pub use fleet::{NewestUse, Used, newest, of_fleet};
pub use read::{between, merged_until, of_tenant, unmerged};

const SOURCE: Source = Source { table: "tenant_sample", key: "tenant_id" };

/// How many samples one statement writes.
const AT_A_TIME: usize = 500;

/// The times at which there are samples of a step, from some time on: one look into the index for each.
macro_rules! moments {
    ($from:literal, $rest:expr) => {
        concat!(
            "WITH RECURSIVE moment (at) AS (
                 SELECT MIN(at) FROM tenant_sample WHERE step = $1 AND at >= ",
            $from,
            "    UNION ALL
                 SELECT (SELECT MIN(s.at) FROM tenant_sample s WHERE s.step = $1 AND s.at > moment.at)
                 FROM moment
                 WHERE moment.at IS NOT NULL
             ) ",
            $rest
        )
    };
}
use moments;

/// The two databases read JSON alike but for what they take for JSON.
macro_rules! insert {
    ($json:literal, $hold:literal) => {
        concat!(
            "INSERT INTO tenant_sample (
                 step, at, tenant_id, seconds, cpu_millis, memory, database_bytes, requests, refused,
                 failed, times
             )
             SELECT $2, CAST(j.value ->> 'at' AS BIGINT), t.id,
                    CAST(j.value ->> 'seconds' AS BIGINT), CAST(j.value ->> 'cpu' AS BIGINT),
                    CAST(j.value ->> 'memory' AS BIGINT), CAST(j.value ->> 'database' AS BIGINT),
                    CAST(j.value ->> 'requests' AS BIGINT), CAST(j.value ->> 'refused' AS BIGINT),
                    CAST(j.value ->> 'failed' AS BIGINT), j.value ->> 'times'
             FROM json_each(",
            $json,
            ") j
             JOIN tenant t ON t.id = j.key
             WHERE true ",
            $hold,
            " ON CONFLICT (step, at, tenant_id) DO UPDATE
             SET seconds = excluded.seconds, cpu_millis = excluded.cpu_millis,
                 memory = excluded.memory, database_bytes = excluded.database_bytes,
                 requests = excluded.requests, refused = excluded.refused,
                 failed = excluded.failed, times = excluded.times"
        )
    };
}

/// Keeps samples, at most one of each tenant. Tenants that are gone are left out.
pub async fn write(
    tx: &mut Tx,
    step: Step,
    samples: &[(TenantId, Sample)],
) -> Result<(), StoreError> {
    let sql = tx.either(insert!("$1", ""), insert!("$1::json", "FOR KEY SHARE OF t"));
    for some in samples.chunks(AT_A_TIME) {
        let all: Map<String, Value> =
            some.iter().map(|(tenant, sample)| (tenant.to_string(), written(sample))).collect();
        tx.execute(sql, vec![text(Value::Object(all)), integer(step.seconds())]).await?;
    }
    Ok(())
}

/// More than a column holds is written as the most that it does: an engine that miscounts one tenant keeps nobody
/// else's figures away.
fn written(sample: &Sample) -> Value {
    let Sample { at, seconds, cpu_millis, memory, database, requests } = sample;
    let Requests { all, refused, failed, times } = requests;
    let count = |count: u64| count.min(i64::MAX.unsigned_abs());
    let bytes = |bytes: Option<Bytes>| bytes.map(|bytes| count(bytes.0));
    json!({
        "at": at.as_microsecond(),
        "seconds": count(*seconds),
        "cpu": cpu_millis.map(count),
        "memory": bytes(*memory),
        "database": bytes(*database),
        "requests": count(*all),
        "refused": count(*refused),
        "failed": count(*failed),
        "times": times.to_string(),
    })
}

/// A tenant that may have a container, and what its database takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    pub tenant: TenantId,
    /// `None`: it was never measured.
    pub database: Option<Bytes>,
}

/// Lists the tenants of which something may be running, behind one, at most `limit`.
pub async fn sampled(
    tx: &mut Tx,
    after: Option<TenantId>,
    limit: u32,
) -> Result<Listed<Sampled>, StoreError> {
    let sql = "SELECT t.id AS tenant_id, u.database_bytes
               FROM tenant t
               LEFT JOIN storage_use u ON u.tenant_id = t.id
               WHERE t.state IN ('running', 'over_limit', 'drifted', 'changing', 'broken')
                 AND ($1 IS NULL OR t.id > $1)
               ORDER BY t.id
               LIMIT $2";
    let read = |record: &Record| {
        Ok(Sampled {
            tenant: record.parse("tenant_id")?,
            database: record.unsigned_or_null("database_bytes")?.map(Bytes),
        })
    };
    let args = vec![text_or_null(after), integer(limit)];
    Ok(Listed::page(tx.all(SOURCE, sql, args).await?, limit, read))
}

/// Forgets samples that are older than they are kept, and those of a clock that was ahead: of what is not over yet there
/// is no merged one. Returns how many there were.
pub async fn trim(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM tenant_sample
               WHERE step = $1
                 AND (at < $2 OR at > $3)";
    let mut gone = 0;
    for step in Step::ALL {
        let args = vec![integer(step.seconds()), time(now - step.kept()), time(step.newest(now))];
        gone += tx.execute(sql, args).await?;
    }
    Ok(gone)
}

/// Forgets a tenant. Its row goes before, so that nobody writes of it any more.
pub(crate) async fn delete(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = moments!(
        "0",
        "DELETE FROM tenant_sample
         WHERE step = $1
           AND tenant_id = $2
           AND at IN (SELECT at FROM moment)"
    );
    for step in Step::ALL {
        let args: Vec<Arg> = vec![integer(step.seconds()), text(tenant)];
        tx.execute(sql, args).await?;
    }
    Ok(())
}
