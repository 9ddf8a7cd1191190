//! The same of many tenants at once.

use std::collections::BTreeMap;

use berth_domain::statistics::Step;
use berth_domain::{Bytes, OrganisationId, TenantName, Timestamp};
use serde_json::{Map, Value};

use super::{SOURCE, moments};
use crate::arg::{integer, text, time};
use crate::record::Record;
use crate::{Listed, StoreError, Tx};

/// Processor and memory of a tenant at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub at: Timestamp,
    /// Thousandths of a core.
    pub cpu_millis: Option<u64>,
    pub memory: Option<Bytes>,
}

/// Each tenant is one row: what it used at every third time from the newest on, put together by the
/// database. A look at each tenant at each time would take three times as long, and nobody sees a curve so
/// fine in a table.
macro_rules! of_fleet {
    ($json:literal) => {
        moments!(
            "$2",
            concat!(
                "SELECT t.name,
                        string_agg(
                            CAST(s.at AS TEXT) || ' ' || COALESCE(CAST(s.cpu_millis AS TEXT), '-')
                                || ' ' || COALESCE(CAST(s.memory AS TEXT), '-'),
                            ','
                        ) AS samples
                 FROM tenant t
                 CROSS JOIN (
                     SELECT at, ROW_NUMBER() OVER (ORDER BY at DESC) AS number
                     FROM moment
                     WHERE at IS NOT NULL
                 ) newest
                 CROSS JOIN tenant_sample s
                 WHERE t.organisation_id = $3
                   AND t.name IN (SELECT j.key FROM json_each(",
                $json,
                ") j)
                   AND s.step = $1
                   AND newest.number % 3 = 1
                   AND s.at = newest.at
                   AND s.tenant_id = t.id
                 GROUP BY t.name"
            )
        )
    };
}

/// What these tenants of an organisation used since some time, every third sample, the oldest first. Of whom there is
/// nothing, there is no entry.
pub async fn of_fleet(
    tx: &mut Tx,
    organisation: OrganisationId,
    names: &[TenantName],
    from: Timestamp,
) -> Result<BTreeMap<TenantName, Vec<Used>>, StoreError> {
    let sql = tx.either(of_fleet!("$4"), of_fleet!("$4::json"));
    let names: Map<String, Value> =
        names.iter().map(|name| (name.to_string(), Value::Null)).collect();
    let args = vec![
        integer(Step::Minute.seconds()),
        time(from),
        text(organisation),
        text(Value::Object(names)),
    ];
    let records = tx.all(SOURCE, sql, args).await?;
    records.iter().map(|record| Ok((record.parse("name")?, series(record)?))).collect()
}

fn series(record: &Record) -> Result<Vec<Used>, StoreError> {
    let text = record.text("samples")?;
    let mut series: Vec<Used> = text
        .split(',')
        .map(|one| used(one).ok_or_else(|| record.unknown("samples", one)))
        .collect::<Result<_, _>>()?;
    series.sort_unstable_by_key(|one| one.at);
    Ok(series)
}

fn used(text: &str) -> Option<Used> {
    let known = |word: &str| if word == "-" { Some(None) } else { word.parse().ok().map(Some) };
    let mut words = text.split(' ');
    let at = Timestamp::from_microsecond(words.next()?.parse().ok()?).ok()?;
    let cpu_millis = known(words.next()?)?;
    let memory = known(words.next()?)?.map(Bytes);
    words.next().is_none().then_some(Used { at, cpu_millis, memory })
}

/// What a tenant used when it was looked at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestUse {
    /// The name of its organisation.
    pub organisation: String,
    pub tenant: TenantName,
    pub used: Used,
}

/// Returns what every tenant of the installation used when it was looked at last, in one of the two newest rounds
/// since then: while the newest one goes on, it does not have everybody yet.
pub async fn newest(tx: &mut Tx, since: Timestamp) -> Result<Listed<NewestUse>, StoreError> {
    let sql = "WITH newest (at) AS (
                   SELECT MAX(at) FROM tenant_sample WHERE step = $1 AND at >= $2
               ), before (at) AS (
                   SELECT MAX(s.at)
                   FROM tenant_sample s
                   WHERE s.step = $1 AND s.at >= $2 AND s.at < (SELECT at FROM newest)
               )
               SELECT s.tenant_id, s.at, s.cpu_millis, s.memory, t.name, o.name AS organisation
               FROM (
                   SELECT tenant_id, at, cpu_millis, memory,
                          ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY at DESC) AS number
                   FROM tenant_sample
                   WHERE step = $1
                     AND at >= COALESCE((SELECT at FROM before), (SELECT at FROM newest))
               ) s
               JOIN tenant t ON t.id = s.tenant_id
               JOIN organisation o ON o.id = t.organisation_id
               WHERE s.number = 1
               ORDER BY o.name, t.name";
    let read = |record: &Record| {
        Ok(NewestUse {
            organisation: record.text("organisation")?,
            tenant: record.parse("name")?,
            used: Used {
                at: record.time("at")?,
                cpu_millis: record.unsigned_or_null("cpu_millis")?,
                memory: record.unsigned_or_null("memory")?.map(Bytes),
            },
        })
    };
    let args = vec![integer(Step::Minute.seconds()), time(since)];
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}
