//! Organisations: who owns tenants.
//!
//! # Invariants
//!
//! * Whoever finds an organisation in a transaction that writes keeps it until that ends: nothing is
//!   added to one that is being removed.
//! * It is found before anything in it is written. Whoever removes one does so too, and so no two wait for
//!   each other.

mod contents;

use berth_domain::{Organisation, OrganisationId, OrganisationName, OrganisationTitle, Timestamp};

use crate::arg::{integer, text, text_or_null, time};
use crate::record::{Record, Source};
use crate::{Change, Listed, Part, StoreError, Tx};

pub use contents::{Contents, Lost, contents, history, remove};

/// The name of the organisation that every installation begins with.
pub const DEFAULT: &str = OrganisationName::FIRST;
/// What a second organisation of the same name finds taken.
pub const NAME: &str = "organisation name";

const SOURCE: Source = Source { table: "organisation", key: "id" };

/// Which organisations. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In name or title.
    pub text: Option<String>,
    /// Only these.
    pub ids: Option<Vec<OrganisationId>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, name, title, created_at FROM organisation ", $rest)
    };
}

/// Returns the organisation called `default`, made with `id` if there is none.
pub async fn ensure_default(
    tx: &mut Tx,
    id: OrganisationId,
    now: Timestamp,
) -> Result<Organisation, StoreError> {
    let sql = "INSERT INTO organisation (id, name, created_at)
               VALUES ($1, $2, $3)
               ON CONFLICT (name) DO NOTHING";
    tx.execute(sql, vec![text(id), text(DEFAULT), time(now)]).await?;
    let missing = || StoreError::Missing { table: SOURCE.table, row: DEFAULT.to_owned() };
    find(tx, DEFAULT).await?.ok_or_else(missing)
}

/// Adds an organisation. Fails with [`StoreError::Taken`] when another one has the name.
pub async fn insert(tx: &mut Tx, organisation: &Organisation) -> Result<(), StoreError> {
    let Organisation { id, name, title, created_at } = organisation;
    let sql = "INSERT INTO organisation (id, name, title, created_at)
               VALUES ($1, $2, $3, $4)";
    let args = vec![text(id), text(name), text_or_null(title.as_ref()), time(*created_at)];
    tx.execute(sql, args).await.map(drop)
}

/// Writes what people call it.
pub async fn set_title(
    tx: &mut Tx,
    id: OrganisationId,
    title: Option<&OrganisationTitle>,
) -> Result<Change, StoreError> {
    let sql = "UPDATE organisation
               SET title = $2
               WHERE id = $1";
    tx.change(sql, vec![text(id), text_or_null(title)]).await
}

/// Finds an organisation by name. In a transaction that writes it stays until that ends.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Organisation>, StoreError> {
    let sql = tx.holding(select!("WHERE name = $1"), select!("WHERE name = $1 FOR KEY SHARE"));
    tx.first(SOURCE, sql, vec![text(name)]).await?.as_ref().map(read).transpose()
}

/// Whether an organisation is still there, that somebody found before this transaction. It stays until
/// this one ends.
pub async fn is_there(tx: &mut Tx, id: OrganisationId) -> Result<bool, StoreError> {
    let sql = tx.holding(select!("WHERE id = $1"), select!("WHERE id = $1 FOR KEY SHARE"));
    Ok(tx.first(SOURCE, sql, vec![text(id)]).await?.is_some())
}

/// Finds an organisation that is to be changed: nobody else changes or removes it until this transaction
/// ends. Whoever is at work in it goes on.
pub async fn find_to_set(tx: &mut Tx, name: &str) -> Result<Option<Organisation>, StoreError> {
    let sql = tx.holding(select!("WHERE name = $1"), select!("WHERE name = $1 FOR NO KEY UPDATE"));
    tx.first(SOURCE, sql, vec![text(name)]).await?.as_ref().map(read).transpose()
}

/// Finds an organisation that is to be removed, once nobody is at work in it, and keeps others from
/// beginning until this transaction ends.
pub async fn find_alone(tx: &mut Tx, name: &str) -> Result<Option<Organisation>, StoreError> {
    let sql = tx.holding(select!("WHERE name = $1"), select!("WHERE name = $1 FOR UPDATE"));
    tx.first(SOURCE, sql, vec![text(name)]).await?.as_ref().map(read).transpose()
}

/// Lists all organisations by name.
pub async fn list(tx: &mut Tx) -> Result<Listed<Organisation>, StoreError> {
    let sql = select!("ORDER BY name");
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// How many tenants an organisation has, in any state.
pub async fn count_tenants(tx: &mut Tx, id: OrganisationId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS tenants
               FROM tenant
               WHERE organisation_id = $1";
    let found = tx.first(SOURCE, sql, vec![text(id)]).await?;
    found.map_or(Ok(0), |record| record.unsigned("tenants"))
}

macro_rules! page {
    ($behind:literal, $order:literal) => {
        concat!(
            "SELECT o.id, o.name, o.title, o.created_at,
                    (SELECT COUNT(*) FROM tenant t WHERE t.organisation_id = o.id) AS tenants
             FROM organisation o
             WHERE ($1 IS NULL OR o.name ",
            $behind,
            " $1)
               AND ($2 IS NULL
                    OR o.name LIKE $2 ESCAPE '\\'
                    OR LOWER(COALESCE(o.title, '')) LIKE $2 ESCAPE '\\')
               AND ($3 IS NULL OR $3 LIKE '%' || o.id || '%')
             ORDER BY o.name ",
            $order,
            " LIMIT $4"
        )
    };
}

/// Lists organisations by name, each with how many tenants it has in any state.
pub async fn page(
    tx: &mut Tx,
    Filter { text: part, ids }: &Filter,
    Part { page, is_reversed }: &Part<String>,
) -> Result<Listed<(Organisation, u64)>, StoreError> {
    let sql = if *is_reversed { page!("<", "DESC") } else { page!(">", "") };
    // An id is of one length and has no other in it.
    let ids = ids
        .as_ref()
        .map(|ids| ids.iter().map(OrganisationId::to_string).collect::<Vec<_>>().join(","));
    let args = vec![
        text_or_null(page.after.as_ref()),
        text_or_null(part.as_deref().map(crate::tenants::containing)),
        text_or_null(ids),
        integer(page.limit),
    ];
    let place = |record: &Record| record.text("name");
    let counted = |record: &Record| Ok((read(record)?, record.unsigned("tenants")?));
    Listed::page_by(tx.all(SOURCE, sql, args).await?, page.limit, place, counted)
}

fn read(record: &Record) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: record.parse("id")?,
        name: record.parse("name")?,
        title: record.parse_or_null("title")?,
        created_at: record.time("created_at")?,
    })
}
